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
    static final Call<@Nullable Object> PLAIN = new Call<>("", null, Nanos.NEVER, null, null, null, true, null);

    private final String operation;
    /**
     * Whether a request may reach the downstream twice: it is idempotent, or recognised by its key. Where not, it may
     * only if it is provably unprocessed; null leaves it to the downstream's own setting.
     */
    private final @Nullable Boolean repeat;

    final long deadlineNanos;
    final @Nullable Function<Throwable, ? extends T> fallback;
    final @Nullable OutcomeReader<? super T> reader;
    final @Nullable Consumer<? super T> discard;
    final boolean hedgeable;
    private final @Nullable CallTarget target;

    private Call(
            String operation,
            @Nullable Boolean repeat,
            long deadlineNanos,
            @Nullable Function<Throwable, ? extends T> fallback,
            @Nullable OutcomeReader<? super T> reader,
            @Nullable Consumer<? super T> discard,
            boolean hedgeable,
            @Nullable CallTarget target) {
        this.operation = operation;
        this.repeat = repeat;
        this.deadlineNanos = deadlineNanos;
        this.fallback = fallback;
        this.reader = reader;
        this.discard = discard;
        this.hedgeable = hedgeable;
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
                Objects.requireNonNull(operation, "operation"), null, Nanos.NEVER, null, null, null, true, null);
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
        return new Call<>(operation, true, deadlineNanos, fallback, reader, discard, hedgeable, target);
    }

    /**
     * States that the request must not reach the downstream twice, whatever the downstream's own setting.
     *
     * @return a changed copy
     */
    public Call<T> notIdempotent() {
        return new Call<>(operation, false, deadlineNanos, fallback, reader, discard, hedgeable, target);
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
        return new Call<>(
                operation, repeat, Nanos.positive(fromStart, "deadline"), fallback, reader, discard, hedgeable, target);
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
        return new Call<>(
                operation, repeat, deadlineNanos, Objects.requireNonNull(function), reader, discard, hedgeable, target);
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
                throw Call.<RuntimeException>sneaky(failure); // as without a fallback
            }
            return rest.apply(failure);
        });
    }

    /**
     * For adapters: how an attempt's result becomes an {@link Outcome}. A call with a reader is not hedged unless
     * {@link #concurrentAttempts()} is set after it: most adapters keep what they know of the attempt that runs.
     *
     * @param translation asked after each attempt
     * @return a changed copy
     */
    public Call<T> outcome(OutcomeReader<? super T> translation) {
        return new Call<>(
                operation,
                repeat,
                deadlineNanos,
                fallback,
                Objects.requireNonNull(translation),
                discard,
                false,
                target);
    }

    /**
     * States that two attempts of this call may run at the same time, so that it can be {@linkplain Hedge hedged}: neither
     * the body nor the outcome reader keeps anything that belongs to one attempt. A call without a reader may be hedged
     * without it.
     *
     * @return a changed copy
     */
    public Call<T> concurrentAttempts() {
        return new Call<>(operation, repeat, deadlineNanos, fallback, reader, discard, true, target);
    }

    /**
     * What to do with a value that an attempt produced and nobody will get: a response to close, because the attempt is
     * retried, came too late, or belongs to a cancelled call.
     *
     * @param disposal must not block for long; what it throws is ignored
     * @return a changed copy
     */
    public Call<T> discard(Consumer<? super T> disposal) {
        return new Call<>(
                operation,
                repeat,
                deadlineNanos,
                fallback,
                reader,
                Objects.requireNonNull(disposal),
                hedgeable,
                target);
    }

    /**
     * For adapters: where the call goes, as telemetry shows it.
     *
     * @param known what the adapter knows
     * @return a changed copy
     */
    public Call<T> target(CallTarget known) {
        return new Call<>(
                operation, repeat, deadlineNanos, fallback, reader, discard, hedgeable, Objects.requireNonNull(known));
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
     * How telemetry names what is called: by the {@linkplain #operation() name} that the code gave it, else by what its adapter
     * knows.
     *
     * @return such as {@code GET /stock/{sku}}; null if neither is there
     */
    public @Nullable String endpoint() {
        CallTarget known = target;
        if (!operation.isEmpty() || known == null) {
            return operation.isEmpty() ? null : operation;
        }
        String template = known.template();
        return template == null ? known.method() : known.method() + ' ' + template;
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
        return repeat == null ? downstreams : repeat;
    }

    /** Hands a value that nobody will get to the call's disposal. */
    void dispose(@Nullable T value) {
        Consumer<? super T> disposal = discard;
        if (disposal == null) {
            return;
        }
        try {
            disposal.accept(present(value));
        } catch (Throwable ignored) {
            // The value is not wanted; a failure to dispose of it must not become the call's failure.
        }
    }

    /** The value as T: null only where T includes it, as the attempt that returned it says. */
    @SuppressWarnings("NullAway")
    static <T extends @Nullable Object> T present(@Nullable T value) {
        return value;
    }

    /** Throws any throwable where the compiler only knows the body's own type. */
    @SuppressWarnings("unchecked")
    static <X extends Throwable> RuntimeException sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }

    /**
     * What an attempt of this call produced.
     *
     * @param bare {@link CauseChain#isBare} of what was thrown
     */
    @SuppressWarnings("unchecked") // a call's reader takes what the call's attempts return
    Outcome read(@Nullable Object value, @Nullable Throwable thrown, boolean bare) {
        OutcomeReader<Object> own = (OutcomeReader<Object>) reader;
        if (own != null) {
            return own.read(value, thrown);
        }
        Outcome made = thrown == null ? Outcome.value(value) : Outcome.failure(thrown);
        made.bare = bare; // nobody else has it yet; what a reader answers may be shared
        return made;
    }
}
