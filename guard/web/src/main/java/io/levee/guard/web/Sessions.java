package io.levee.guard.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is logged in with a browser. In memory: after a restart they log in again. A session is looked up by a hash of its id, so
 * that the time which that takes tells nothing of it. Thread-safe.
 */
final class Sessions {
    static final String COOKIE = "levee_session";
    static final Duration LASTING = Duration.ofHours(12);
    private static final int MOST = 1_000;

    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock;
    private final Map<String, Session> byHash = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
            return size() > MOST;
        }
    };

    Sessions(InstantSource clock) {
        this.clock = clock;
    }

    /** The id of a new one. */
    String open(String token) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        synchronized (byHash) {
            byHash.put(hash(id), new Session(token, clock.instant().plus(LASTING)));
        }
        return id;
    }

    /** The token of a session, which is checked with each request, so that a session ends when its token does. */
    @Nullable
    String token(String id) {
        synchronized (byHash) {
            Session session = byHash.get(hash(id));
            if (session != null && clock.instant().isAfter(session.until)) {
                byHash.remove(hash(id));
                return null;
            }
            return session == null ? null : session.token;
        }
    }

    void close(String id) {
        synchronized (byHash) {
            byHash.remove(hash(id));
        }
    }

    private static String hash(String id) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private record Session(String token, Instant until) {}
}
