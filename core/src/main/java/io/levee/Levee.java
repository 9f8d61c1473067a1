package io.levee;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * Guards the calls to one downstream: retries what may be retried, within a deadline, a retry budget, a limiter and a
 * breaker that all calls to the downstream share.
 *
 * <pre>{@code
 * Levee inventory = Levee.named("inventory")
 *         .retry(RetryPolicy.exponential(Duration.ofMillis(50)).cap(Duration.ofSeconds(2)).fullJitter().attempts(3))
 *         .deadline(Duration.ofSeconds(3))
 *         .attemptTimeout(Duration.ofMillis(800))
 *         .build();
 *
 * Stock stock = inventory.call(attempt -> client.stock(sku));
 * }</pre>
 *
 * <p>{@code Levee.named("x").build()} alone is safe: 4 attempts with full jitter, an attempt timeout of 7 s, a deadline
 * of 30 s, a retry budget of a tenth of the calls, no more attempts in flight than are answered in time ({@link
 * Protection#adaptive()}), and no repetition of a request that may have been processed unless it
 * is said to be {@linkplain Call#idempotent() idempotent}.
 *
 * <p>Make one for each downstream and keep it: what protects the downstream is the state that its calls share.
 * Thread-safe. {@link #close()} ends what is pending.
 *
 * <h2>What a call throws</h2>
 *
 * The exception of the last attempt, unchanged, with those of earlier attempts as suppressed and a {@link LeveeException}
 * among them as the note that says why there was no further attempt; or, where there was no attempt or the call was cut
 * short, that {@link LeveeException} itself. {@link Decision#of(Throwable)} finds the record in both cases.
 */
public final class Levee implements AutoCloseable {
    private final Engine engine;

    private Levee(Builder builder) {
        engine = new Engine(builder);
        // Here and not in build(): what the last statement of a constructor has written is seen by every thread that
        // gets the object, however it gets it.
        engine.attach(this, builder.providers());
    }

    /**
     * Begins to set up the protection of a downstream.
     *
     * @param downstream its name; becomes a metric label
     * @return a builder with the defaults
     * @throws IllegalArgumentException if the name is blank
     */
    public static Builder named(String downstream) {
        if (downstream.isBlank()) {
            throw new IllegalArgumentException("a downstream needs a name; got a blank one");
        }
        return new Builder(downstream);
    }

    /**
     * Calls the downstream on this thread.
     *
     * @param body makes one attempt
     * @param <T> what the call returns
     * @param <X> what the body throws
     * @return what the first successful attempt returned
     * @throws X what the last attempt threw
     * @throws LeveeException if the call was refused or cut short
     */
    public <T extends @Nullable Object, X extends Throwable> T call(AttemptBody<T, X> body) throws X {
        return call(Call.plain(), body);
    }

    /**
     * Calls the downstream on this thread.
     *
     * @param call what kind of call it is
     * @param body makes one attempt
     * @param <T> what the call returns
     * @param <X> what the body throws
     * @return what the first successful attempt returned, or the fallback's answer
     * @throws X what the last attempt threw
     * @throws LeveeException if the call was refused or cut short
     */
    public <T extends @Nullable Object, X extends Throwable> T call(Call<T> call, AttemptBody<T, X> body) throws X {
        Frames frames = Frames.current();
        if (engine.unguardedFirst && call == Call.PLAIN && frames.isBare() && !engine.isClosed()) {
            return unguarded(frames, body);
        }
        return guarded(frames, call, body, null);
    }

    /**
     * Nothing stands between the caller and the first attempt, so it is made without a frame; only if it fails does the
     * machine take over.
     */
    private <T extends @Nullable Object, X extends Throwable> T unguarded(Frames frames, AttemptBody<T, X> body)
            throws X {
        Throwable failed;
        try {
            return body.run(frames);
        } catch (Throwable thrown) {
            failed = thrown;
        }
        return guarded(frames, Call.plain(), body, failed);
    }

    private <T extends @Nullable Object, X extends Throwable> T guarded(
            Frames frames, Call<T> call, AttemptBody<T, X> body, @Nullable Throwable failed) throws X {
        Frame frame = frames.push();
        T value;
        Throwable thrown;
        try {
            value = frame.run(engine, call, body, failed);
            thrown = frame.machine.thrown;
        } finally {
            frames.pop(frame);
        }
        if (thrown != null) {
            throw Call.<RuntimeException>sneaky(thrown);
        }
        return Call.present(value);
    }

    /**
     * Calls the downstream on this thread and tells how it went instead of throwing. Errors (such as an
     * OutOfMemoryError) are thrown all the same.
     *
     * @param call what kind of call it is
     * @param body makes one attempt
     * @param <T> what the call returns
     * @return the value or the failure, with the record
     */
    public <T extends @Nullable Object> Result<T> execute(Call<T> call, AttemptBody<T, ?> body) {
        Frames frames = Frames.current();
        Frame frame = frames.push();
        try {
            T value = frame.run(engine, call, body, null);
            CallMachine machine = frame.machine;
            if (machine.thrown instanceof Error error) {
                throw error;
            }
            return new Result<>(value, machine.thrown, machine.attemptsMade(), machine.decision());
        } finally {
            frames.pop(frame);
        }
    }

    /**
     * Calls the downstream without blocking.
     *
     * @param body starts one attempt
     * @param <T> what the call returns
     * @return completes on every path; cancelling it cancels the attempt that runs and sends no other
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsync(AsyncAttemptBody<T> body) {
        return callAsync(Call.plain(), body);
    }

    /**
     * Calls the downstream without blocking.
     *
     * @param call what kind of call it is
     * @param body starts one attempt
     * @param <T> what the call returns
     * @return completes on every path; cancelling it cancels the attempt that runs and sends no other
     */
    @SuppressWarnings("unchecked") // an AsyncCall that wants no result completes its future with a T
    public <T extends @Nullable Object> CompletableFuture<T> callAsync(Call<T> call, AsyncAttemptBody<T> body) {
        return (CompletableFuture<T>) AsyncCall.start(engine, call, Objects.requireNonNull(body), false);
    }

    /**
     * Calls the downstream without blocking and tells how it went instead of failing.
     *
     * @param call what kind of call it is
     * @param body starts one attempt
     * @param <T> what the call returns
     * @return completes with the value or the failure and the record
     */
    @SuppressWarnings({"unchecked", "rawtypes"}) // an AsyncCall that wants a result completes its future with one
    public <T extends @Nullable Object> CompletableFuture<Result<T>> executeAsync(
            Call<T> call, AsyncAttemptBody<T> body) {
        return (CompletableFuture) AsyncCall.start(engine, call, Objects.requireNonNull(body), true);
    }

    /**
     * The downstream's name.
     *
     * @return the name
     */
    public String name() {
        return engine.name;
    }

    /**
     * The breaker, for operators and consoles.
     *
     * @return the breaker, or null without one
     */
    public @Nullable Breaker breaker() {
        return engine.breaker;
    }

    /**
     * The limiter: its rate and burst can be changed while calls run.
     *
     * @return the limiter, or null without one
     */
    public @Nullable Limiter limiter() {
        return engine.limiter;
    }

    /**
     * The bulkhead: its size can be changed while calls run.
     *
     * @return the bulkhead, or null without one
     */
    public @Nullable Bulkhead bulkhead() {
        return engine.bulkhead;
    }

    /**
     * The retry budget: its reserve and its largest balance can be changed while calls run.
     *
     * @return the retry budget, or null without one
     */
    public @Nullable RetryBudget retryBudget() {
        return engine.budget;
    }

    /**
     * The throttle, for operators and consoles.
     *
     * @return the throttle, or null without one
     */
    public @Nullable Throttle throttle() {
        return engine.throttle;
    }

    /**
     * The concurrency limit, for operators and consoles.
     *
     * @return the limit, or null without one
     */
    public @Nullable ConcurrencyLimit concurrencyLimit() {
        return engine.limit;
    }

    /**
     * The hedge, for operators and consoles.
     *
     * @return the hedge, or null without one
     */
    public @Nullable Hedge hedge() {
        return engine.hedge;
    }

    /**
     * The present state, for consoles and tests.
     *
     * @return a snapshot
     */
    public LeveeState state() {
        Engine e = engine;
        long now = e.time.nanoTime();
        return new LeveeState(
                e.name,
                e.breaker == null ? null : e.breaker.snapshot(now),
                e.limiter == null ? null : e.limiter.snapshot(now),
                e.budget == null ? Double.NaN : e.budget.balance(now),
                e.bulkhead == null ? -1 : e.bulkhead.inFlight(),
                e.throttle == null ? null : e.throttle.snapshot(now),
                e.limit == null ? null : e.limit.snapshot(),
                e.hedge == null ? null : e.hedge.snapshot(now),
                e.pending.size(),
                e.events == null ? 0 : e.events.dropped.sum(),
                (e.events == null ? 0 : e.events.failures.sum())
                        + (e.telemetry == null ? 0 : e.telemetry.failures.get()),
                e.isClosed());
    }

    /**
     * What this Levee was set up with.
     *
     * @return the settings, defaults included
     */
    public LeveeSettings settings() {
        Engine e = engine;
        return new LeveeSettings(
                e.policy,
                e.deadlineNanos == Nanos.NEVER ? null : Duration.ofNanos(e.deadlineNanos),
                e.attemptTimeoutNanos == Nanos.NEVER ? null : Duration.ofNanos(e.attemptTimeoutNanos),
                Duration.ofNanos(e.maxServerDelayNanos),
                e.repeatable,
                e.throttleSpec,
                e.limitSpec,
                e.hedgeSpec);
    }

    /**
     * What would be done about a failure of a call's first attempt.
     *
     * @param failure what the attempt threw
     * @return the verdict, with the bounds of the wait that would follow
     */
    public Explanation explain(Throwable failure) {
        return explain(Outcome.failure(failure), engine.repeatable, 0, Duration.ZERO);
    }

    /**
     * What would be done about an outcome.
     *
     * @param outcome what the attempt produced
     * @param idempotent whether the request may reach the downstream twice
     * @param attempt the number of the attempt, 0 for the first
     * @param elapsed time since the call began
     * @return the verdict, with the bounds of the wait that would follow
     * @throws IllegalArgumentException if the attempt or the time is negative
     */
    public Explanation explain(Outcome outcome, boolean idempotent, int attempt, Duration elapsed) {
        return Explanation.of(engine, outcome, idempotent, attempt, Nanos.of(elapsed, "elapsed"));
    }

    /**
     * Ends every pending call with a {@link LeveeClosedException} and refuses further ones. A synchronous attempt that
     * runs is left to end by itself; it is not retried. Leaves no thread, timer or permit behind. Calling it again does
     * nothing.
     */
    @Override
    public void close() {
        engine.close();
    }

    /** Sets up a {@link Levee}. Not thread-safe; each setting can be made once. */
    public static final class Builder {
        /** Attempts of a call, the first included, where the policy states none (AWS SDKs, gRPC). */
        static final int DEFAULT_ATTEMPTS = 3;

        private static final Backoff DEFAULT_POLICY = RetryPolicy.exponential(Duration.ofMillis(10))
                .multiplier(4)
                .cap(Duration.ofSeconds(20))
                .fullJitter()
                .attempts(4);

        final String name;

        @Nullable
        RetryPolicy retry;

        Classifier classifier = Classifier.standard();
        boolean idempotent;
        long deadlineNanos = 30 * Nanos.PER_SECOND;
        long attemptTimeoutNanos = 7 * Nanos.PER_SECOND;
        long maxServerDelayNanos = 300 * Nanos.PER_SECOND;
        Limiter.@Nullable Spec limiter;
        Breaker.@Nullable Spec breaker;
        Bulkhead.@Nullable Spec bulkhead;
        RetryBudget.@Nullable Spec retryBudget = RetryBudget.ratio(0.1);
        Throttle.@Nullable Spec throttle;
        ConcurrencyLimit.@Nullable Spec concurrencyLimit;
        Hedge.@Nullable Spec hedge;

        private @Nullable Protection protection;

        TimeSource time = TimeSource.system();
        RandomSource random = RandomSource.system();
        Executor executor = ForkJoinPool.commonPool();
        final List<LeveeListener> listeners = new ArrayList<>();
        private @Nullable List<Telemetry> telemetry;
        private final List<Telemetry> alsoTold = new ArrayList<>();
        private final List<String> made = new ArrayList<>();

        private Builder(String name) {
            this.name = name;
        }

        private void once(String setting) {
            if (made.contains(setting)) {
                throw new IllegalStateException(name + ": " + setting + " is set already; a setting is made once");
            }
            made.add(setting);
        }

        private <S> S once(String setting, S value) {
            once(setting);
            return Objects.requireNonNull(value, setting);
        }

        /**
         * Sets how long to wait before each retry and when to stop. Default: 4 attempts, exponential from 10 ms, four times as
         * long each, full jitter, cap 20 s. The first retry comes soon, since an error that is answered is mostly the attempt's
         * own; those that last get time by the multiplier, and the retry budget bounds them all. A shipped policy without
         * {@linkplain Backoff#attempts(int) attempts} gets 3 (the number of the AWS SDKs and of gRPC).
         *
         * @param policy the policy
         * @return this
         */
        public Builder retry(RetryPolicy policy) {
            retry = once("retry", policy);
            return this;
        }

        /**
         * Sets the time that a whole call may take: all attempts and waits. Default 30 s.
         *
         * @param fromStart more than zero
         * @return this
         * @throws IllegalArgumentException if the time is zero or negative
         */
        public Builder deadline(Duration fromStart) {
            once("deadline");
            deadlineNanos = Nanos.positive(fromStart, "deadline");
            return this;
        }

        /**
         * Lets calls take as long as they like, unless their scope has a deadline. A danger: a downstream that hangs
         * then holds its callers.
         *
         * @return this
         */
        public Builder noDeadline() {
            once("deadline");
            deadlineNanos = Nanos.NEVER;
            return this;
        }

        /**
         * Sets the time that one attempt may take; cut to what is left of the deadline. Default 7 s, so that four
         * attempts that all hang fit into the default deadline. A synchronous attempt is interrupted, an asynchronous one
         * abandoned.
         *
         * @param fromStart more than zero
         * @return this
         * @throws IllegalArgumentException if the time is zero or negative
         */
        public Builder attemptTimeout(Duration fromStart) {
            once("attemptTimeout");
            attemptTimeoutNanos = Nanos.positive(fromStart, "attemptTimeout");
            return this;
        }

        /**
         * Lets an attempt take all of the deadline: a first attempt that hangs then leaves no time for a second.
         *
         * @return this
         */
        public Builder noAttemptTimeout() {
            once("attemptTimeout");
            attemptTimeoutNanos = Nanos.NEVER;
            return this;
        }

        /**
         * Sets the limiter that every attempt passes, the first included. Default: none, since only the user knows what
         * the downstream grants.
         *
         * @param spec rate and burst
         * @return this
         */
        public Builder limiter(Limiter.Spec spec) {
            limiter = once("limiter", spec);
            return this;
        }

        /**
         * Sets the breaker that every attempt passes. Default: none: a breaker on a partial fault refuses the calls that
         * would have succeeded, so it has to be chosen; the retry budget bounds what a downstream that is down is sent.
         *
         * @param spec when it opens and for how long
         * @return this
         */
        public Builder breaker(Breaker.Spec spec) {
            breaker = once("breaker", spec);
            return this;
        }

        /**
         * Sets how many attempts may be in flight at once. Default: no bound.
         *
         * @param spec the bound
         * @return this
         */
        public Builder bulkhead(Bulkhead.Spec spec) {
            bulkhead = once("bulkhead", spec);
            return this;
        }

        /**
         * Sets how the downstream is protected, as a set of parts that fit together. Default: {@link Protection#adaptive()},
         * or {@link Protection#none()} for who says when to retry, or sets a breaker, a throttle, a bulkhead or a concurrency
         * limit: nothing is added to such a choice. (A policy of many retries means to sit an outage out; refusing its calls
         * meanwhile would not be what it asks for.)
         *
         * @param set such as {@link Protection#breaker()}
         * @return this
         */
        public Builder protection(Protection set) {
            protection = once("protection", set);
            return this;
        }

        /**
         * Sets a throttle: rejects a share of the attempts here while the downstream refuses many. Default: none. Beside
         * a breaker it has little to do: choose one.
         *
         * @param spec how it counts
         * @return this
         */
        public Builder throttle(Throttle.Spec spec) {
            throttle = once("throttle", spec);
            return this;
        }

        /**
         * Sets a bound on the attempts in flight that follows their durations and drops. Default: none. A
         * {@link #bulkhead} may stand beside it as a bound that does not move.
         *
         * @param spec the bounds of the bound
         * @return this
         */
        public Builder concurrencyLimit(ConcurrencyLimit.Spec spec) {
            concurrencyLimit = once("concurrencyLimit", spec);
            return this;
        }

        /**
         * Hedges asynchronous calls that are idempotent: sends a second attempt when the first takes long. Default: none.
         * Needs the retry budget, which pays for it.
         *
         * @param spec when
         * @return this
         */
        public Builder hedge(Hedge.Spec spec) {
            hedge = once("hedge", spec);
            return this;
        }

        /**
         * Sets how many retries the downstream may be sent in all. Default {@code RetryBudget.ratio(0.1)}.
         *
         * @param spec ratio and reserve
         * @return this
         */
        public Builder retryBudget(RetryBudget.Spec spec) {
            retryBudget = once("retryBudget", spec);
            return this;
        }

        /**
         * Lets every call retry as often as its policy says, however many calls do so. A danger: when the downstream is
         * down, its load is multiplied by the attempts.
         *
         * @return this
         */
        public Builder noRetryBudget() {
            once("retryBudget");
            retryBudget = null;
            return this;
        }

        /**
         * Sets who judges outcomes. Default {@link Classifier#standard()}.
         *
         * @param classifier the classifier
         * @return this
         */
        public Builder classifier(Classifier classifier) {
            this.classifier = once("classifier", classifier);
            return this;
        }

        /**
         * States that all calls to this downstream may be sent twice, unless a call says otherwise. Default: none may
         * unless it says so ({@link Call#idempotent()}): a side effect happens at most once.
         *
         * @return this
         */
        public Builder idempotent() {
            once("idempotent");
            idempotent = true;
            return this;
        }

        /**
         * Sets the longest wait that the downstream can ask for (Retry-After); a call that is asked for more ends at once
         * instead of coming early. Default 5 min; the deadline usually ends it before.
         *
         * @param longest zero or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder maxServerDelay(Duration longest) {
            once("maxServerDelay");
            maxServerDelayNanos = Nanos.of(longest, "maxServerDelay");
            return this;
        }

        /**
         * Adds a listener. Can be called several times.
         *
         * @param listener hears of retries, of the end of calls and of the breaker
         * @return this
         */
        public Builder listener(LeveeListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Sets what makes the calls visible, in place of what is {@linkplain Telemetry#discovered() found} on the class or
         * module path. Default: all that is found.
         *
         * @param providers exactly these are told; without any, nothing is
         * @return this
         */
        public Builder telemetry(Telemetry... providers) {
            once("telemetry");
            telemetry = List.of(providers);
            return this;
        }

        List<Telemetry> providers() {
            List<Telemetry> chosen = new ArrayList<>(telemetry == null ? TelemetryHub.FOUND : telemetry);
            chosen.addAll(alsoTold);
            return chosen;
        }

        /**
         * Adds one that is told of the calls, beside those that {@link #telemetry} names or that are found: a part of the
         * application that counts for itself, such as what is left of a quota. Default: none. May be said several times.
         *
         * @param provider one more; told after the others
         * @return this
         */
        public Builder alsoTell(Telemetry provider) {
            alsoTold.add(Objects.requireNonNull(provider, "provider"));
            return this;
        }

        /**
         * Sets who runs the second and later attempts of asynchronous calls, and completes futures that a timer ended.
         * Default {@link ForkJoinPool#commonPool()}. Not closed with the Levee.
         *
         * @param executor the executor
         * @return this
         */
        public Builder executor(Executor executor) {
            this.executor = once("executor", executor);
            return this;
        }

        /**
         * Sets the clock and timer. Default {@link TimeSource#system()}; tests set the virtual one.
         *
         * @param time the time source
         * @return this
         */
        public Builder time(TimeSource time) {
            this.time = once("time", time);
            return this;
        }

        /**
         * Sets where jitter comes from. Default {@link RandomSource#system()}; tests set a seeded one.
         *
         * @param random the source
         * @return this
         */
        public Builder random(RandomSource random) {
            this.random = once("random", random);
            return this;
        }

        Protection protection() {
            Protection set = protection;
            if (set != null) {
                return set;
            }
            boolean nothingChosen = retry == null
                    && breaker == null
                    && throttle == null
                    && bulkhead == null
                    && concurrencyLimit == null;
            return nothingChosen ? Protection.adaptive() : Protection.none();
        }

        RetryPolicy policy() {
            RetryPolicy chosen = retry == null ? DEFAULT_POLICY : retry;
            return chosen instanceof Backoff backoff && backoff.attempts() == Backoff.ANY
                    ? backoff.attempts(DEFAULT_ATTEMPTS)
                    : chosen;
        }

        /**
         * Makes the Levee.
         *
         * @return a new one with its own breaker, limiter, bulkhead, retry budget and whatever else was set
         * @throws IllegalStateException if hedges are wanted, and no retry budget that could pay for them
         */
        public Levee build() {
            if (hedge != null && retryBudget == null) {
                throw new IllegalStateException(name + ": hedge needs a retry budget, which bounds how many are sent;"
                        + " remove noRetryBudget() or hedge(...)");
            }
            return new Levee(this);
        }
    }
}
