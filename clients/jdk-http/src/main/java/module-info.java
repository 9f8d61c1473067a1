/** A {@link java.net.http.HttpClient} that sends every request under the protection of a Levee. */
@org.jspecify.annotations.NullMarked
module io.levee.http {
    requires static org.jspecify;
    requires transitive io.levee;
    requires transitive io.levee.http.shared;
    requires transitive java.net.http;

    exports io.levee.http;
}
