package io.levee.guard.server;

import io.levee.guard.store.Ledger;
import io.levee.guard.web.Role;
import io.levee.guard.web.Tokens;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tokens, folded from the record. The record has a token's SHA-256 hash, never the token: 32 random bytes need no salt and
 * no slow hash, since nobody can go through them. A token is found by its hash, so the time that takes tells nothing of it.
 * Thread-safe.
 */
final class TokenStore implements Tokens, AutoCloseable {
    private static final String PREFIX = "levee_";

    private final Ledger ledger;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Issued> byHash = new ConcurrentHashMap<>();
    private final AutoCloseable subscription;

    /** What is known of a token. */
    record Issued(
            String id,
            String name,
            Role role,
            String hash,
            Instant at,
            @Nullable Instant expires,
            String by) {}

    /** A token, which is not known to anybody else from now on. */
    record Fresh(String token, Issued issued) {}

    TokenStore(Ledger ledger, InstantSource clock) {
        this.ledger = ledger;
        this.clock = clock;
        // First listen, then read: an entry that comes between is folded twice, which is as good as once.
        subscription = ledger.subscribe(this::fold);
        List<Ledger.Entry> entries = ledger.read(Ledger.Query.of("token."));
        for (int i = entries.size() - 1; i >= 0; i--) {
            fold(entries.get(i));
        }
    }

    @Override
    public @Nullable Principal check(String token) {
        Issued issued = byHash.get(hash(token));
        if (issued == null || (issued.expires != null && !clock.instant().isBefore(issued.expires))) {
            return null;
        }
        return new Principal(issued.name, issued.role);
    }

    /** Those that are neither revoked nor expired, oldest first. */
    List<Issued> live() {
        Instant now = clock.instant();
        return byHash.values().stream()
                .filter(issued -> issued.expires == null || now.isBefore(issued.expires))
                .sorted(Comparator.comparing(Issued::at).thenComparing(Issued::id))
                .toList();
    }

    Fresh issue(String name, Role role, @Nullable Instant expires, String by) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("id", UUID.randomUUID().toString().substring(0, 8));
        data.put("name", name);
        data.put("role", role.name().toLowerCase(Locale.ROOT));
        data.put("hash", hash(token));
        data.put("expires", expires == null ? null : expires.toString());
        Issued issued = issued(ledger.append("token.issued", null, by, data));
        byHash.put(issued.hash, issued);
        return new Fresh(token, issued);
    }

    /** Whether there was one. */
    boolean revoke(String idOrName, String by) {
        boolean any = false;
        for (Issued issued : live()) {
            if (issued.id.equals(idOrName) || issued.name.equals(idOrName)) {
                Map<String, @Nullable Object> data = new LinkedHashMap<>();
                data.put("id", issued.id);
                data.put("name", issued.name);
                ledger.append("token.revoked", null, by, data);
                byHash.remove(issued.hash);
                any = true;
            }
        }
        return any;
    }

    private void fold(Ledger.Entry entry) {
        switch (entry.kind()) {
            case "token.issued" -> {
                Issued issued = issued(entry);
                byHash.put(issued.hash, issued);
            }
            case "token.revoked" ->
                byHash.values().removeIf(issued -> issued.id.equals(entry.data().get("id")));
            default -> {}
        }
    }

    private static Issued issued(Ledger.Entry entry) {
        Map<String, @Nullable Object> data = entry.data();
        Object expires = data.get("expires");
        return new Issued(
                String.valueOf(data.get("id")),
                String.valueOf(data.get("name")),
                Role.valueOf(String.valueOf(data.get("role")).toUpperCase(Locale.ROOT)),
                String.valueOf(data.get("hash")),
                entry.at(),
                expires == null ? null : Instant.parse(String.valueOf(expires)),
                entry.actor());
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() {
        try {
            subscription.close();
        } catch (Exception e) {
            System.getLogger(TokenStore.class.getName())
                    .log(System.Logger.Level.WARNING, "the record's subscription could not be closed", e);
        }
    }
}
