package io.levee.guard.web;

import java.util.Locale;
import java.util.Map;

/** Log in, log out, who am I. */
final class SessionRoutes {
    private final Access access;

    SessionRoutes(Access access) {
        this.access = access;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/login", null, this::logIn);
        routes.add("POST", "/logout", null, this::logOut);
        routes.add(
                "GET",
                "/api/v1/whoami",
                Role.INGEST,
                request -> Answer.json(Map.of(
                        "name",
                        request.actor(),
                        "role",
                        String.valueOf(request.role()).toLowerCase(Locale.ROOT))));
    }

    private Answer logIn(Request request) {
        Exchange exchange = (Exchange) request;
        Object token = request.json().get("token");
        if (!(token instanceof String text) || text.isBlank()) {
            throw new WebException(400, "'token' is missing; send {\"token\": \"...\"}");
        }
        Access.LoggedIn in = access.logIn(exchange.raw(), text.strip());
        return Answer.json(Map.of(
                        "name",
                        in.principal().name(),
                        "role",
                        Access.lower(in.principal().role())))
                .with("Set-Cookie", cookie(exchange, in.id(), Sessions.LASTING.toSeconds()));
    }

    private Answer logOut(Request request) {
        Exchange exchange = (Exchange) request;
        access.logOut(exchange.raw());
        return Answer.of(204, "", new byte[0]).with("Set-Cookie", cookie(exchange, "", 0));
    }

    private static String cookie(Exchange exchange, String value, long seconds) {
        return Sessions.COOKIE + "=" + value + "; Path=/; Max-Age=" + seconds + "; HttpOnly; SameSite=Strict"
                + (exchange.raw().isSecure() ? "; Secure" : "");
    }
}
