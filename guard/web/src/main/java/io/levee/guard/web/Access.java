package io.levee.guard.web;

import io.levee.guard.web.Tokens.Principal;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Locale;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Who asks, and whether that one may. Thread-safe. */
final class Access {
    private final Tokens tokens;
    private final Sessions sessions;
    private final RateLimit wrongTokens;

    Access(Tokens tokens, InstantSource clock, int addresses) {
        this.tokens = tokens;
        sessions = new Sessions(clock);
        // Five at once, then one in 12 s: a person's typing errors, and no guessing.
        wrongTokens = new RateLimit(1 / 12.0, 5, addresses);
    }

    /** Null where anybody may: a token that is no good does not shut anybody out of what is public. */
    @Nullable
    Principal admit(Request request, @Nullable Role least) {
        if (least == null) {
            return null;
        }
        Principal principal = principal(request);
        if (principal == null) {
            throw new WebException(401, "this takes a token: Authorization: Bearer ..., or log in at /login");
        }
        if (!principal.role().may(least)) {
            throw new WebException(
                    403,
                    "this takes the role " + lower(least) + ", and the token '" + principal.name() + "' has "
                            + lower(principal.role()));
        }
        return principal;
    }

    /** Whether whoever was admitted still is: for streams, which outlive their request. */
    boolean still(Request request, @Nullable Role least) {
        try {
            admit(request, least);
            return true;
        } catch (WebException e) {
            return false;
        }
    }

    /** Who it is that logs in. */
    LoggedIn logIn(Request request, String token) {
        ownOrigin(request, false);
        return new LoggedIn(check(request, token), sessions.open(token));
    }

    void logOut(Request request) {
        ownOrigin(request, false);
        String id = cookie(request);
        if (id != null) {
            sessions.close(id);
        }
    }

    private @Nullable Principal principal(Request request) {
        String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (authorization != null) {
            return check(request, token(authorization));
        }
        String id = cookie(request);
        String token = id == null ? null : sessions.token(id);
        Principal principal = token == null ? null : tokens.check(token);
        if (principal != null && changes(request.getMethod())) {
            ownOrigin(request, true);
        }
        return principal;
    }

    /** Basic, too, whose password is the token: callers that cannot set a header can put it into their URL. */
    private static String token(String authorization) {
        if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return authorization.substring(7).strip();
        }
        if (authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            try {
                String pair = new String(
                        Base64.getDecoder().decode(authorization.substring(6).strip()), StandardCharsets.UTF_8);
                return pair.substring(pair.indexOf(':') + 1);
            } catch (IllegalArgumentException e) {
                throw new WebException(401, "Authorization: Basic is no Base64");
            }
        }
        throw new WebException(401, "send the token as Authorization: Bearer ...");
    }

    private Principal check(Request request, String token) {
        Principal principal = tokens.check(token);
        if (principal != null) {
            return principal;
        }
        // Only those who are wrong are slowed down: somebody else's mistakes behind one address must not lock out the
        // rest.
        if (!wrongTokens.admits(Request.getRemoteAddr(request), System.nanoTime())) {
            throw new WebException(
                    429, "too many wrong tokens from " + Request.getRemoteAddr(request) + "; wait a minute");
        }
        throw new WebException(401, "the token is unknown, expired or revoked; 'levee token create' makes a new one");
    }

    /** Browsers send cookies along whoever asked them to; only what this guard's own pages ask for may change something. */
    private static void ownOrigin(Request request, boolean needed) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin == null) {
            String site = request.getHeaders().get("Sec-Fetch-Site");
            if (site == null ? needed : !site.equals("same-origin")) {
                throw new WebException(
                        403, "a request of a browser session comes from the guard's own pages, with Origin");
            }
            return;
        }
        HttpURI uri = request.getHttpURI();
        String own = uri.getScheme() + "://" + request.getHeaders().get(HttpHeader.HOST);
        if (!origin.equalsIgnoreCase(own)) {
            throw new WebException(403, "the page that asks is of another site: " + origin + " instead of " + own);
        }
    }

    private static boolean changes(String method) {
        return !(method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS"));
    }

    private static @Nullable String cookie(Request request) {
        for (HttpCookie cookie : Request.getCookies(request)) {
            if (cookie.getName().equals(Sessions.COOKIE)) {
                return cookie.getValue();
            }
        }
        return null;
    }

    static String lower(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    /** A new session, and whose it is. */
    record LoggedIn(Principal principal, String id) {}
}
