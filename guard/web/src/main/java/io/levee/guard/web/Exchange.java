package io.levee.guard.web;

import io.levee.guard.web.Tokens.Principal;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** Jetty's request with what the server found out about it. */
final class Exchange implements Request {
    private final org.eclipse.jetty.server.Request request;
    private final String path;
    private final Map<String, String> parts;
    private final Fields queries;
    private final @Nullable Principal principal;
    private final byte[] body;

    Exchange(
            org.eclipse.jetty.server.Request request,
            String path,
            Map<String, String> parts,
            @Nullable Principal principal,
            byte[] body) {
        this.request = request;
        this.path = path;
        this.parts = parts;
        this.principal = principal;
        this.body = body;
        try {
            queries = org.eclipse.jetty.server.Request.extractQueryParameters(request);
        } catch (IllegalArgumentException e) {
            throw new WebException(400, "the query cannot be read: " + e.getMessage());
        }
    }

    org.eclipse.jetty.server.Request raw() {
        return request;
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String part(String name) {
        String part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException("the route has no part {" + name + "}");
        }
        return part;
    }

    @Override
    public @Nullable String query(String name) {
        return queries.getValue(name);
    }

    @Override
    public List<String> queries(String name) {
        return queries.getValuesOrEmpty(name);
    }

    @Override
    public @Nullable String header(String name) {
        return request.getHeaders().get(name);
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public Map<String, @Nullable Object> json() {
        return Json.object(body);
    }

    @Override
    public String actor() {
        return principal == null ? "anonymous" : principal.name();
    }

    @Override
    public @Nullable Role role() {
        return principal == null ? null : principal.role();
    }

    @Override
    public String remote() {
        return org.eclipse.jetty.server.Request.getRemoteAddr(request);
    }
}
