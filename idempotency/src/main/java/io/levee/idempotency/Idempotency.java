package io.levee.idempotency;

import io.levee.http.shared.HttpRules;
import io.levee.idempotency.IdempotencyStore.Wish;
import io.levee.idempotency.InDoubt.Ruling;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Decides what becomes of a request with an Idempotency-Key: the one place for that, whatever the server. Answers are
 * those of draft-ietf-httpapi-idempotency-key-header, with problem details (RFC 9457):
 *
 * <ul>
 *   <li>no key where one is required, or a key that is no string of RFC 9651: 400;
 *   <li>a key that was used for another request (method, target or body differ): 422;
 *   <li>the first request with the key is still running: 409, with Retry-After;
 *   <li>it has ended: its answer again, marked {@code Idempotent-Replayed: true};
 *   <li>a body that is longer than is compared: 413; a store that cannot be asked: 503.
 * </ul>
 *
 * <p>Thread-safe. Close it when the server has stopped; that closes the store.
 */
public final class Idempotency implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Idempotency.class.getName());
    private static final String REPLAYED = "Idempotent-Replayed";
    private static final long SOON_SECONDS = 1;

    private final IdempotencySettings settings;
    private final Problem problem;
    private final Heartbeat heartbeat;

    Idempotency(IdempotencySettings settings) {
        this.settings = settings;
        this.problem = new Problem(settings.help());
        this.heartbeat = new Heartbeat(settings.lease(), settings.store());
    }

    /**
     * Begins to set up.
     *
     * @param store keeps the records; closed with what is built
     * @return a builder with the defaults
     */
    public static IdempotencyBuilder on(IdempotencyStore store) {
        return new IdempotencyBuilder(Objects.requireNonNull(store, "store"));
    }

    /**
     * A request has come.
     *
     * @param head what is known before the body is read
     * @param declaredLength the body's length as declared; -1 if it is not
     * @param body read only where there is a key
     * @throws IOException if the body cannot be read
     */
    Admission admit(RequestHead head, long declaredLength, InputStream body) throws IOException {
        if (!settings.methods().contains(head.method())) {
            return Admission.Pass.UNREAD;
        }
        List<String> values = head.headers().apply(HttpRules.IDEMPOTENCY_KEY);
        if (values.isEmpty() && !settings.required().test(head)) {
            return Admission.Pass.UNREAD;
        }
        int most = settings.maxRequestBytes();
        // Also for an answer that does not depend on it: a connection with an unread body cannot be used again.
        byte[] bytes = declaredLength > most ? new byte[0] : body.readNBytes(most + 1);
        if (values.isEmpty()) {
            return answer(problem.of(
                    400,
                    "Idempotency-Key is missing",
                    "This operation takes requests with an Idempotency-Key header only, so that a request that is"
                            + " sent again is not done again."));
        }
        IdempotencyKey.Parsed parsed = IdempotencyKey.parse(values, settings.bareKeys());
        String key = parsed.key();
        if (key == null) {
            return answer(problem.of(400, "Idempotency-Key is malformed", Objects.requireNonNull(parsed.wrong())));
        }
        return declaredLength > most || bytes.length > most ? tooLong(bytes) : claim(head, key, bytes);
    }

    private Admission tooLong(byte[] read) {
        return settings.passLongBodies()
                ? new Admission.Pass(read)
                : answer(problem.of(
                        413,
                        "Body too long for an idempotency key",
                        "A request with an Idempotency-Key may have a body of up to " + settings.maxRequestBytes()
                                + " bytes here, so that it can be compared when it comes again."));
    }

    private Admission claim(RequestHead head, String key, byte[] body) {
        String id = digest(settings.scope().apply(head), key);
        String query = head.query() == null ? "" : "?" + head.query();
        String fingerprint = fingerprint(head.method(), head.path() + query, body);
        try {
            InDoubt asked = settings.inDoubt();
            Wish wish = new Wish(
                    id, fingerprint, settings.lease(), settings.expiry(), asked == null ? settings.maxTakeovers() : 0);
            Claim claim = settings.store().claim(wish);
            if (asked != null && claim instanceof Claim.InDoubt doubt) {
                return ruled(asked.rule(head, key, doubt.takeovers()), wish, key, body);
            }
            return admitted(claim, id, key, body);
        } catch (StoreException down) {
            LOG.log(Level.WARNING, "the store of idempotency records cannot be asked", down);
            return settings.failOpen()
                    ? new Admission.Pass(body)
                    : answer(problem.of(
                            503,
                            "Idempotency records not available",
                            "Nobody can tell at the moment whether this request was processed before, so it was not"
                                    + " processed now. Send it again with the same key.",
                            SOON_SECONDS));
        }
    }

    private Admission ruled(Ruling ruling, Wish wish, String key, byte[] body) {
        if (ruling instanceof Ruling.Refuse) {
            return answer(inDoubt());
        }
        Wish again = new Wish(wish.id(), wish.fingerprint(), wish.lease(), wish.expiry(), Integer.MAX_VALUE);
        // Of several who have asked at the same time one gets the record; the others find it running, or finished.
        Claim claim = settings.store().claim(again);
        if (ruling instanceof Ruling.Answer known && claim instanceof Claim.Granted granted) {
            settings.store().finish(wish.id(), granted.fence(), kept(known.answer()), settings.expiry());
            return answer(replay(known.answer()));
        }
        return admitted(claim, wish.id(), key, body);
    }

    private Admission admitted(Claim claim, String id, String key, byte[] body) {
        return claim instanceof Claim.Granted granted
                ? new Admission.Work(new KeyedWork(this, id, key, granted), body)
                : answer(refused(claim));
    }

    private StoredResponse refused(Claim claim) {
        if (claim instanceof Claim.Finished finished) {
            return replay(finished.answer());
        }
        if (claim instanceof Claim.Running running) {
            return problem.of(
                    409,
                    "A request with this Idempotency-Key is being processed",
                    "Its answer is here when it has ended: send the request again with the same key.",
                    retryAfterSeconds(running.leaseLeft()));
        }
        if (claim instanceof Claim.InDoubt) {
            return inDoubt();
        }
        return problem.of(
                422,
                "Idempotency-Key is already used",
                "This key came with another request before (another method, target or body). A new request needs a new"
                        + " key.");
    }

    /** An owner that lives renews its lease before a third of it has gone; of one that does not, the lease must end. */
    private long retryAfterSeconds(Duration leaseLeft) {
        return leaseLeft.compareTo(settings.lease().dividedBy(2)) > 0
                ? SOON_SECONDS
                : Math.max(SOON_SECONDS, leaseLeft.plusMillis(999).toSeconds());
    }

    private StoredResponse inDoubt() {
        return problem.of(
                500,
                "It is not known whether the request was processed",
                "The server was interrupted while it processed a request with this key. It will not be processed again"
                        + " under this key: look whether it was done before you send it with another one.");
    }

    private static StoredResponse replay(StoredResponse answer) {
        return answer.withHeader(REPLAYED, "true");
    }

    private static Admission answer(StoredResponse answer) {
        return new Admission.Answer(answer);
    }

    /** What the loser of a record sends: what the winner has answered, if it has. */
    StoredResponse afterLoss(KeyedWork work) {
        Claim claim = settings.store().look(work.id());
        return claim instanceof Claim.Finished || claim instanceof Claim.Running ? refused(claim) : inDoubt();
    }

    /** An answer as it is stored: only the headers that make sense later. */
    StoredResponse kept(StoredResponse answer) {
        List<StoredResponse.Header> headers = answer.headers().stream()
                .filter(header -> settings.keptHeaders().contains(header.name()))
                .toList();
        return StoredResponse.of(answer.status(), headers, answer.bodyBytes());
    }

    /** What is stored where a handler threw: its server's error page is not known here. */
    StoredResponse failed() {
        return problem.of(
                500,
                "The request failed",
                "The first request with this Idempotency-Key failed with an error of the server, and may have been"
                        + " processed in part. It is not processed again under this key.");
    }

    /** What is stored in the place of an answer that is too long. */
    StoredResponse tooLongAnswer(int status) {
        return problem.of(
                410,
                "The answer is not kept",
                "The request was processed, and answered with status " + status + ". The answer was longer than the "
                        + settings.maxResponseBytes() + " bytes that are kept, so it cannot be sent again.");
    }

    /** An error page in the place of the server's own, which nobody could replay. */
    StoredResponse errorPage(int status, String message) {
        return problem.of(status, "Status " + status, message);
    }

    boolean releases(int status) {
        return settings.releasedStatuses().test(status);
    }

    boolean releasesFailures() {
        return settings.releaseFailures();
    }

    int maxResponseBytes() {
        return settings.maxResponseBytes();
    }

    Duration lease() {
        return settings.lease();
    }

    Duration expiry() {
        return settings.expiry();
    }

    IdempotencyStore store() {
        return settings.store();
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    /** Stops renewing leases, and closes the store. Work that still runs is in doubt when its lease has ended. */
    @Override
    public void close() {
        heartbeat.close();
        settings.store().close();
    }

    private static String digest(String scope, String key) {
        MessageDigest digest = sha256();
        part(digest, scope.getBytes(StandardCharsets.UTF_8));
        part(digest, key.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String fingerprint(String method, String target, byte[] body) {
        MessageDigest digest = sha256();
        part(digest, method.getBytes(StandardCharsets.UTF_8));
        part(digest, target.getBytes(StandardCharsets.UTF_8));
        part(digest, body);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** With its length in front: 'ab' and 'c' are not 'a' and 'bc'. */
    private static void part(MessageDigest digest, byte[] bytes) {
        for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            digest.update((byte) (bytes.length >>> shift));
        }
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JDK has SHA-256", impossible);
        }
    }
}
