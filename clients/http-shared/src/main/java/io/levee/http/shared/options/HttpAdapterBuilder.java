package io.levee.http.shared.options;

import io.levee.Levee;
import io.levee.http.shared.HopHeaders;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The options that every HTTP adapter has, whatever its client. Extended by the adapters' builders only. Not thread-safe.
 *
 * @param <B> the adapter's builder
 */
public abstract class HttpAdapterBuilder<B extends HttpAdapterBuilder<B>> extends ReplayBuilder<B> {
    private @Nullable Supplier<String> keys;
    private @Nullable String deadlineHeader = HopHeaders.DEADLINE;

    /**
     * The defaults.
     *
     * @param levee decides; remains the caller's
     */
    protected HttpAdapterBuilder(Levee levee) {
        super(levee);
    }

    /**
     * Sets whether POST and PATCH requests get an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header: a Structured
     * Field string of RFC 9651, that is, in quotes), made once a call and the same for all its attempts, and thereby may be
     * tried again when nobody knows whether they were processed. Default false: the key makes a repetition harmless only if
     * the server honours it, so it has to be asked for. A request that carries the header already is repeatable in any
     * case, and keeps its key.
     *
     * @param add true for a random key (a version 4 UUID) with every POST and PATCH
     * @return this
     */
    public B idempotencyKeys(boolean add) {
        keys = add ? () -> '"' + UUID.randomUUID().toString() + '"' : null;
        return self();
    }

    /**
     * Sets who makes the keys of {@link #idempotencyKeys(boolean)}.
     *
     * @param source gives a new key for each call, with the quotes; null for no keys
     * @return this
     */
    public B idempotencyKeys(@Nullable Supplier<String> source) {
        keys = source;
        return self();
    }

    /**
     * Sets the name of the header that tells the server how many milliseconds the caller goes on waiting, measured when the
     * attempt is sent and rounded down, so that it can stop work that nobody waits for. Default {@code Levee-Timeout-Ms}.
     * If the request has a lower value already, that one is sent.
     *
     * @param name the header's name
     * @return this
     * @throws IllegalArgumentException if the name is blank
     */
    public B deadlineHeader(String name) {
        if (Objects.requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException(
                    "deadlineHeader must be a header's name, is blank; noDeadlineHeader() turns it off");
        }
        deadlineHeader = name;
        return self();
    }

    /**
     * Keeps the time left to itself: for servers that refuse unknown headers.
     *
     * @return this
     */
    public B noDeadlineHeader() {
        deadlineHeader = null;
        return self();
    }

    /**
     * Who makes keys.
     *
     * @return null for no keys
     */
    protected final @Nullable Supplier<String> keySource() {
        return keys;
    }

    /**
     * The name of the deadline header.
     *
     * @return null for no header
     */
    protected final @Nullable String deadlineHeaderName() {
        return deadlineHeader;
    }
}
