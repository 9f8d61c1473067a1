/** Database transactions under the protection of a Levee. */
@org.jspecify.annotations.NullMarked
module io.levee.jdbc {
    requires static org.jspecify;
    requires transitive io.levee;
    requires transitive io.levee.traffic;
    requires transitive java.sql;

    exports io.levee.jdbc;
}
