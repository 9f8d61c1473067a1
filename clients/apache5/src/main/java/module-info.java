/** Apache HttpClient 5, classic and async, under the protection of a Levee. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // HttpComponents' jars are no modules yet
@org.jspecify.annotations.NullMarked
module io.levee.apache {
    requires static org.jspecify;
    requires transitive io.levee;
    requires transitive io.levee.http.shared;
    requires transitive org.apache.httpcomponents.client5.httpclient5;
    requires transitive org.apache.httpcomponents.core5.httpcore5;
    requires org.apache.httpcomponents.core5.httpcore5.h2;

    exports io.levee.apache;
}
