package io.levee.idempotency;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Sets up an {@link Idempotency}. Not thread-safe. */
public final class IdempotencyBuilder {
    private static final int MIB = 1 << 20;
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

    private final IdempotencyStore store;
    private Set<String> methods = Set.of("POST", "PATCH");
    private Predicate<RequestHead> required = head -> false;
    private Function<RequestHead, String> scope = IdempotencyBuilder::principalMethodAndPath;
    private boolean bareKeys;
    private Duration lease = Duration.ofSeconds(30);
    private Duration expiry = Duration.ofHours(24);
    private int maxTakeovers = 1;
    private @Nullable InDoubt inDoubt;
    private int maxRequestBytes = MIB;
    private boolean passLongBodies;
    private int maxResponseBytes = MIB;
    private final Set<String> keptHeaders = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private IntPredicate releasedStatuses = status -> switch (status) {
        case 408, 421, 425, 429, 503 -> true;
        default -> false;
    };
    private boolean releaseFailures;
    private boolean failOpen;
    private @Nullable URI help;

    IdempotencyBuilder(IdempotencyStore store) {
        this.store = store;
        keptHeaders.addAll(Set.of(
                "Content-Type",
                "Content-Encoding",
                "Content-Language",
                "Content-Location",
                "Content-Disposition",
                "Location",
                "ETag",
                "Last-Modified",
                "Cache-Control",
                "Vary",
                "Link",
                "Retry-After"));
    }

    /**
     * Sets which methods' keys count. Default POST and PATCH: those whose repetition does the work again.
     *
     * @param names as they come, in upper case
     * @return this
     */
    public IdempotencyBuilder methods(Set<String> names) {
        methods = Set.copyOf(names);
        return this;
    }

    /**
     * Sets which requests (of those methods) must have a key. Default none: a request without a key is handed on.
     *
     * @param which tells them
     * @return this
     */
    public IdempotencyBuilder required(Predicate<RequestHead> which) {
        required = Objects.requireNonNull(which, "which");
        return this;
    }

    /**
     * Requires a key of every request of those methods.
     *
     * @return this
     */
    public IdempotencyBuilder required() {
        return required(head -> true);
    }

    /**
     * Sets within what a key is unique. Default: the authenticated user as far as the server knows one, method and path.
     * Where users or tenants are told apart by anything else (an API key, a token that the application reads), name it
     * here: else one tenant's key and content get another tenant's answer.
     *
     * @param name given the request, answers the name of its scope, for example a tenant
     * @return this
     */
    public IdempotencyBuilder scope(Function<RequestHead, String> name) {
        scope = Objects.requireNonNull(name, "name");
        return this;
    }

    /**
     * Takes keys without quotes as well, as many clients send them. Default false: the draft wants quotes.
     *
     * @return this
     */
    public IdempotencyBuilder bareKeys() {
        bareKeys = true;
        return this;
    }

    /**
     * Sets how long a record stays its owner's without a sign of life. A running owner renews it each third; one that was
     * killed leaves it, and until its end the key answers 409. Default 30 s: short enough for a client that waits, long
     * enough that a garbage collection or a slow store does not cost the lease.
     *
     * @param time 1 s or more
     * @return this
     * @throws IllegalArgumentException if it is shorter
     */
    public IdempotencyBuilder lease(Duration time) {
        if (time.compareTo(SHORTEST_LEASE) < 0) {
            throw new IllegalArgumentException("the lease must be " + SHORTEST_LEASE + " or more, is " + time);
        }
        lease = time;
        return this;
    }

    /**
     * Sets how long an answer is kept. Default 24 h.
     *
     * @param time longer than clients go on repeating
     * @return this
     * @throws IllegalArgumentException if it is shorter than 1 s
     */
    public IdempotencyBuilder expiry(Duration time) {
        if (time.compareTo(SHORTEST_LEASE) < 0) {
            throw new IllegalArgumentException("the expiry must be 1 s or more, is " + time);
        }
        expiry = time;
        return this;
    }

    /**
     * Sets how often work whose owner is gone may be begun again by a request with its key. Default 1. It is exact (never
     * done twice) where the application records in its own transaction ({@link KeyedWork#record}); else what the lost
     * owner did before it was lost may be done again: set 0 where that must not be, and such keys answer 500 until they expire.
     *
     * @param times 0 or more
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public IdempotencyBuilder takeovers(int times) {
        if (times < 0) {
            throw new IllegalArgumentException("takeovers must be 0 or more, is " + times);
        }
        maxTakeovers = times;
        return this;
    }

    /**
     * Sets who decides about work whose owner is gone, instead of {@link #takeovers}.
     *
     * @param ruling asked once the lease has ended
     * @return this
     */
    public IdempotencyBuilder inDoubt(InDoubt ruling) {
        inDoubt = Objects.requireNonNull(ruling, "ruling");
        return this;
    }

    /**
     * Sets how long a keyed request's body may be: it is held in memory, compared and handed on. A longer one is answered
     * 413. Default 1 MiB.
     *
     * @param bytes 0 or more
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public IdempotencyBuilder maxRequestBytes(int bytes) {
        maxRequestBytes = size(bytes, "maxRequestBytes");
        return this;
    }

    /**
     * Hands requests with longer bodies on as if they had no key, instead of answering 413: such a request that comes
     * again is done again.
     *
     * @return this
     */
    public IdempotencyBuilder passLongBodies() {
        passLongBodies = true;
        return this;
    }

    /**
     * Sets how long an answer may be to be kept. A longer one is sent as it comes; when the request comes again, it is not
     * done again and answered 410. Default 1 MiB.
     *
     * @param bytes 0 or more
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public IdempotencyBuilder maxResponseBytes(int bytes) {
        maxResponseBytes = size(bytes, "maxResponseBytes");
        return this;
    }

    private static int size(int bytes, String setting) {
        if (bytes < 0 || bytes == Integer.MAX_VALUE) {
            throw new IllegalArgumentException(setting + " must be from 0 to 2^31 - 2 bytes, is " + bytes);
        }
        return bytes;
    }

    /**
     * Adds headers to those that are kept with an answer. Kept are: Content-Type, -Encoding, -Language, -Location,
     * -Disposition, Location, ETag, Last-Modified, Cache-Control, Vary, Link and Retry-After. Not cookies: a session that
     * was made by the first request is not the second one's to get.
     *
     * @param names in any case
     * @return this
     */
    public IdempotencyBuilder keepHeaders(String... names) {
        keptHeaders.addAll(Set.of(names));
        return this;
    }

    /**
     * Sets the statuses by which a handler says that nothing was done: such an answer is not kept, and the next request with
     * the key does the work. Default 408, 421, 425, 429 and 503. Everything else is kept and replayed, other 5xx
     * included: nobody knows how far a handler came that failed, and a request that may have been done is not done again.
     *
     * @param which tells them
     * @return this
     */
    public IdempotencyBuilder releaseOn(IntPredicate which) {
        releasedStatuses = Objects.requireNonNull(which, "which");
        return this;
    }

    /**
     * Says that a handler that throws has done nothing (its transaction was rolled back): the next request with the key does the
     * work. Default: the failure is kept, and replayed as 500. A handler that has used {@link KeyedWork#record} needs no
     * such statement.
     *
     * @return this
     */
    public IdempotencyBuilder releaseOnException() {
        releaseFailures = true;
        return this;
    }

    /**
     * Hands requests on unguarded while the store cannot be asked. Default: they are answered 503, and nothing is done twice.
     *
     * @return this
     */
    public IdempotencyBuilder failOpen() {
        failOpen = true;
        return this;
    }

    /**
     * Sets where the key is documented for clients: the type and the link of every problem.
     *
     * @param page the page
     * @return this
     */
    public IdempotencyBuilder help(URI page) {
        help = Objects.requireNonNull(page, "page");
        return this;
    }

    /**
     * Builds it, and starts the thread that renews leases.
     *
     * @return to be closed when the server has stopped
     */
    public Idempotency build() {
        Set<String> kept = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        kept.addAll(keptHeaders);
        return new Idempotency(new IdempotencySettings(
                store,
                methods,
                required,
                scope,
                bareKeys,
                lease,
                expiry,
                maxTakeovers,
                inDoubt,
                maxRequestBytes,
                passLongBodies,
                maxResponseBytes,
                kept,
                releasedStatuses,
                releaseFailures,
                failOpen,
                help));
    }

    private static String principalMethodAndPath(RequestHead head) {
        String user = head.principal();
        return (user == null ? "" : user) + '\n' + head.method() + ' ' + head.path();
    }
}
