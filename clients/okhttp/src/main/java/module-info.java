/** An OkHttp interceptor that sends every request under the protection of a Levee. */
@org.jspecify.annotations.NullMarked
module io.levee.okhttp {
    requires static org.jspecify;
    requires transitive io.levee;
    requires transitive io.levee.http.shared;
    requires transitive okhttp3;

    exports io.levee.okhttp;
}
