package io.levee.guard.web;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request whose body is here, within the server's bounds. Thread-safe. */
public interface Request {
    /**
     * The method.
     *
     * @return such as GET
     */
    String method();

    /**
     * The path, decoded.
     *
     * @return begins with a slash
     */
    String path();

    /**
     * A part of the path that the route has in braces.
     *
     * @param name its name
     * @return its value, decoded
     */
    String part(String name);

    /**
     * A parameter of the query.
     *
     * @param name its name
     * @return its first value; null if it is not there
     */
    @Nullable
    String query(String name);

    /**
     * All values of a parameter of the query.
     *
     * @param name its name
     * @return in their order
     */
    List<String> queries(String name);

    /**
     * A header.
     *
     * @param name in any case
     * @return its first value; null if it is not there
     */
    @Nullable
    String header(String name);

    /**
     * The body, no longer compressed.
     *
     * @return its bytes; do not change them
     */
    byte[] body();

    /**
     * The body as a JSON object.
     *
     * @return its fields: strings, numbers, booleans, nulls, lists and maps of such
     * @throws WebException 400 if it is none
     */
    Map<String, @Nullable Object> json();

    /**
     * Who asks.
     *
     * @return the token's name; {@code anonymous} without one
     */
    String actor();

    /**
     * What who asks may do.
     *
     * @return the token's role; null without one
     */
    @Nullable
    Role role();

    /**
     * Where from.
     *
     * @return the client's address
     */
    String remote();
}
