package io.levee;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the engine must know of one kind of call beyond the downstream: its name, whether it may be repeated, a shorter
 * deadline, a fallback. Immutable and thread-safe; make it once and keep it in a constant:
 *
 * <pre>{@code
 * static final Call<Stock> STOCK = Call.<Stock>named("stock").idempotent().fallback(Stock.UNKNOWN);
 *
 * Stock stock = inventory.call(STOCK, attempt -> client.stock(sku));
 * }</pre>
 *
 * @param <T> what the call returns
 */
public final class Call<T extends @Nullable Object> {
    static final Call<@Nullable Object> PLAIN = new Call<>("", Repeat.UNSAID, Nanos.NEVER, null, null, null, null);

    /** Whether a request may reach the downstream twice. */
    enum Repeat {
        /** The downstream's own setting counts. */
        UNSAID,
        /** Never, unless provably unprocessed. */
        UNSAFE,
        /** Yes: idempotent, or recognised by its key. */
        SAFE
    }

    private final String operation;
    private final Repeat repeat;
    private final long deadlineNanos;
    private final @Nullable Function<Throwable, ? extends T> fallback;
    private final @Nullable OutcomeReader<? super T> reader;
    private final @Nullable Consumer<? super T> discard;
    private final @Nullable CallTarget target;

    private Call(
            String operation,
            Repeat repeat,
            long deadlineNanos,
            @Nullable Function<Throwable, ? extends T> fallback,
            @Nullable OutcomeReader<? super T> reader,
            @Nullable Consumer<? super T> discard,
            @Nullable CallTarget target) {
        this.operation = operation;
        this.repeat = repeat;
        this.deadlineNanos = deadlineNanos;
        this.fallback = fallback;
        this.reader = reader;
        this.discard = discard;
        this.target = target;
    }

    /**
     * A call with a name.
     *
     * @param operation what is called, of low cardinality: {@code GET /stock/{sku}}, never the URL itself
     * @param <T> what the call returns
     * @return a call that is not idempotent unless the downstream's calls are
     */
    public static <T extends @Nullable Object> Call<T> named(String operation) {
        return new Call<>(
                Objects.requireNonNull(operation, "operation"), Repeat.UNSAID, Nanos.NEVER, null, null, null, null);
    }

    @SuppressWarnings("unchecked") // PLAIN has no part that takes or gives a T
    static <T extends @Nullable Object> Call<T> plain() {
        return (Call<T>) PLAIN;
    }

    /**
     * States that sending the request twice does no more than sending it once (RFC 9110, section 9.2.2), or that the
     * downstream recognises the repetition by a key.
     *
     * @return a changed copy
     */
    public Call<T> idempotent() {
        return new Call<>(operation, Repeat.SAFE, deadlineNanos, fallback, reader, discard, target);
    }

    /**
     * States that the request must not reach the downstream twice, whatever the downstream's own setting.
     *
     * @return a changed copy
     */
    public Call<T> notIdempotent() {
        return new Call<>(operation, Repeat.UNSAFE, deadlineNanos, fallback, reader, discard, target);
    }

    /**
     * Sets a deadline for this call; the downstream's own and that of the enclosing scope still hold if they are
     * earlier.
     *
     * @param fromStart the time that the whole call may take; more than zero
     * @return a changed copy
     * @throws IllegalArgumentException if the time is zero or negative
     */
    public Call<T> deadline(Duration fromStart) {
        return new Call<>(operation, repeat, Nanos.positive(fromStart, "deadline"), fallback, reader, discard, target);
    }

    /**
     * Answers this value when the call fails; the call's record then says 'degraded'. Not used when the caller
     * cancelled or was interrupted, nor for an {@link Error}.
     *
     * @param value what to answer
     * @return a changed copy
     */
    public Call<T> fallback(T value) {
        return fallback((Throwable failure) -> value);
    }

    /**
     * Answers what this function makes of the failure; the call's record then says 'degraded'. Not used when the caller
     * cancelled or was interrupted, nor for an {@link Error}.
     *
     * @param function given what the call would have thrown; if it throws, the caller gets the call's failure with the
     *     function's as suppressed
     * @return a changed copy
     */
    public Call<T> fallback(Function<Throwable, ? extends T> function) {
        return new Call<>(operation, repeat, deadlineNanos, Objects.requireNonNull(function), reader, discard, target);
    }

    /**
     * Answers what this function makes of failures of one type; a fallback set before is used for the rest.
     *
     * @param type the type of the failure, its subtypes included
     * @param function given the failure
     * @param <X> the type of the failure
     * @return a changed copy
     */
    public <X extends Throwable> Call<T> fallbackOn(Class<X> type, Function<? super X, ? extends T> function) {
        Function<Throwable, ? extends T> rest = fallback;
        return fallback((Throwable failure) -> {
            if (type.isInstance(failure)) {
                return function.apply(type.cast(failure));
            }
            if (rest == null) {
                throw new NoFallback();
            }
            return rest.apply(failure);
        });
    }

    /**
     * For adapters: how an attempt's result becomes an {@link Outcome}.
     *
     * @param translation asked after each attempt
     * @return a changed copy
     */
    public Call<T> outcome(OutcomeReader<? super T> translation) {
        return new Call<>(
                operation, repeat, deadlineNanos, fallback, Objects.requireNonNull(translation), discard, target);
    }

    /**
     * What to do with a value that an attempt produced and nobody will get: a response to close, because the attempt is
     * retried, came too late, or belongs to a cancelled call.
     *
     * @param disposal must not block for long; what it throws is ignored
     * @return a changed copy
     */
    public Call<T> discard(Consumer<? super T> disposal) {
        return new Call<>(operation, repeat, deadlineNanos, fallback, reader, Objects.requireNonNull(disposal), target);
    }

    /**
     * For adapters: where the call goes, as telemetry shows it.
     *
     * @param known what the adapter knows
     * @return a changed copy
     */
    public Call<T> target(CallTarget known) {
        return new Call<>(operation, repeat, deadlineNanos, fallback, reader, discard, Objects.requireNonNull(known));
    }

    /**
     * Where the call goes.
     *
     * @return what the adapter knows; null if there is no adapter
     */
    public @Nullable CallTarget target() {
        return target;
    }

    /**
     * The call's name.
     *
     * @return the name, empty if it has none
     */
    public String operation() {
        return operation;
    }

    /** Whether the request may reach the downstream twice, where the downstream's own setting is this. */
    boolean repeatable(boolean downstreams) {
        return repeat == Repeat.UNSAID ? downstreams : repeat == Repeat.SAFE;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    @Nullable
    Function<Throwable, ? extends T> fallback() {
        return fallback;
    }

    @Nullable
    OutcomeReader<? super T> reader() {
        return reader;
    }

    @Nullable
    Consumer<? super T> discard() {
        return discard;
    }

    /** Thrown within {@link #fallbackOn} where no function takes the failure. */
    static final class NoFallback extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoFallback() {
            super("no fallback for this failure", null, false, false);
        }
    }
}
