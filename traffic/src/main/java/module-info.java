/** Shares traffic out to named targets by weights that can be changed while calls run. */
@org.jspecify.annotations.NullMarked
module io.levee.traffic {
    requires static org.jspecify;
    requires transitive io.levee;

    exports io.levee.traffic;
}
