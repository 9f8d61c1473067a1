package io.levee.guard.server;

import io.levee.guard.server.TokenStore.Issued;
import io.levee.guard.slo.Span;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Input;
import io.levee.guard.web.Request;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import io.levee.guard.web.WebException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens, by HTTP. */
final class TokenRoutes {
    private static final int LONGEST_NAME = 64;

    private final TokenStore tokens;
    private final InstantSource clock;

    TokenRoutes(TokenStore tokens, InstantSource clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/api/v1/tokens", Role.ADMIN, request -> list());
        routes.add("POST", "/api/v1/tokens", Role.ADMIN, this::create);
        routes.add("DELETE", "/api/v1/tokens/{token}", Role.ADMIN, this::revoke);
    }

    private Answer list() {
        List<Map<String, @Nullable Object>> all =
                tokens.live().stream().map(TokenRoutes::shown).toList();
        return Answer.json(Map.of("tokens", all));
    }

    private Answer create(Request request) {
        Input input = Input.of(request).known("name", "role", "expires");
        String name = input.text("name");
        if (name.length() > LONGEST_NAME || !name.matches("[\\w.@-]+")) {
            throw new WebException(400, "'name' must be letters, digits and _ . @ -, at most " + LONGEST_NAME);
        }
        if (tokens.live().stream().anyMatch(issued -> issued.name().equals(name))) {
            throw new WebException(409, "there is a token '" + name + "' already; revoke it, or take another name");
        }
        TokenStore.Fresh fresh =
                tokens.issue(name, role(input.text("role")), expires(input.textOrNull("expires")), request.actor());
        Map<String, @Nullable Object> answer = shown(fresh.issued());
        answer.put("token", fresh.token());
        return Answer.json(201, answer);
    }

    private Answer revoke(Request request) {
        String token = request.part("token");
        List<Issued> admins =
                tokens.live().stream().filter(each -> each.role() == Role.ADMIN).toList();
        if (admins.stream()
                .allMatch(each -> each.id().equals(token) || each.name().equals(token))) {
            throw new WebException(409, "'" + token + "' is the last admin token; make another one first");
        }
        if (!tokens.revoke(token, request.actor())) {
            throw new WebException(404, "there is no token '" + token + "'; GET /api/v1/tokens lists them");
        }
        return Answer.json(Map.of("revoked", token));
    }

    private @Nullable Instant expires(@Nullable String text) {
        if (text == null || text.equals("never")) {
            return null;
        }
        try {
            return clock.instant().plus(Span.parse(text).toDuration());
        } catch (IllegalArgumentException e) {
            throw new WebException(400, "'expires' is how long from now, such as 90d, or never: " + e.getMessage());
        }
    }

    private static Role role(String text) {
        for (Role role : Role.values()) {
            if (role.name().toLowerCase(Locale.ROOT).equals(text)) {
                return role;
            }
        }
        throw new WebException(400, "'role' must be ingest, viewer, release, lead or admin, is '" + text + "'");
    }

    private static Map<String, @Nullable Object> shown(Issued issued) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", issued.id());
        map.put("name", issued.name());
        map.put("role", issued.role().name().toLowerCase(Locale.ROOT));
        map.put("issued", issued.at());
        map.put("by", issued.by());
        map.put("expires", issued.expires());
        return map;
    }
}
