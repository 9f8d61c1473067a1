package io.levee;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What all calls to one downstream share: its settings and its protections. One for each {@link Levee}. */
final class Engine implements TransitionListener {
    final String name;
    final RetryPolicy policy;
    final Classifier classifier;
    /** False if a plain value is always a success, so that no outcome need be made for it. */
    final boolean judgesValues;

    final boolean repeatable;
    final long deadlineNanos;
    final long attemptTimeoutNanos;
    final long maxServerDelayNanos;
    final @Nullable Limiter limiter;
    final @Nullable Breaker breaker;
    final @Nullable Bulkhead bulkhead;
    final @Nullable RetryBudget budget;
    final @Nullable Throttle throttle;
    final @Nullable ConcurrencyLimit limit;
    final @Nullable Hedge hedge;
    // As set up, to be shown.
    final Throttle.@Nullable Spec throttleSpec;
    final ConcurrencyLimit.@Nullable Spec limitSpec;
    /** True if a refusal is retried once, at any instant of the time that is left. */
    final boolean spreadsRefusals;

    final Hedge.@Nullable Spec hedgeSpec;
    final TimeSource time;
    final RandomSource random;
    final Executor executor;
    final @Nullable EventBus events;
    // The next three are written by the constructor and by attach(), before anybody else has the engine.
    @Nullable
    TelemetryHub telemetry;
    /** True if a decision on the way to the first attempt needs to know the time. */
    boolean clockAtStart;
    /** True if a success has to be told with its instant. */
    final boolean clockOnSuccess;
    /** True if somebody goes by how long a success took. */
    final boolean learnsFromSuccess;
    /** True if somebody wants to know of a failure whether it was a refusal. */
    final boolean countsRefusals;
    /** True if nothing stands between the caller and the first attempt: no clock, no timer, no permit. */
    boolean unguardedFirst;

    /** Calls that wait (for a backoff or a permit) or that are asynchronous: whom close() must tell. */
    private final Set<ScopeMember> pending = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    Engine(Levee.Builder b) {
        name = b.name;
        policy = b.policy();
        classifier = b.classifier;
        judgesValues = classifier.judgesValues();
        repeatable = b.idempotent;
        deadlineNanos = b.deadlineNanos;
        attemptTimeoutNanos = b.attemptTimeoutNanos;
        maxServerDelayNanos = b.maxServerDelayNanos;
        time = b.time;
        random = b.random;
        executor = b.executor;
        limiter = b.limiter == null ? null : b.limiter.build(time);
        Protection protection = b.protection;
        Breaker.Spec breakerSpec = b.breaker == null && protection != null ? protection.breaker : b.breaker;
        breaker = breakerSpec == null ? null : breakerSpec.build(random);
        bulkhead = b.bulkhead == null ? null : b.bulkhead.build();
        long now = time.nanoTime();
        budget = b.retryBudget == null ? null : b.retryBudget.build(now);
        throttle = b.throttle == null ? null : b.throttle.build(random);
        limitSpec = b.concurrencyLimit == null && protection != null ? protection.limit : b.concurrencyLimit;
        limit = limitSpec == null ? null : limitSpec.build(time, Math.min(b.attemptTimeoutNanos, b.deadlineNanos));
        spreadsRefusals = protection != null && protection.spreadsRefusals();
        hedge = b.hedge == null ? null : b.hedge.build(now);
        throttleSpec = b.throttle;
        hedgeSpec = b.hedge;
        events = b.listeners.isEmpty() ? null : new EventBus(name, b.listeners);
        clockAtStart = deadlineNanos != Nanos.NEVER
                || attemptTimeoutNanos != Nanos.NEVER
                || limiter != null
                || breaker != null
                || throttle != null
                || limit != null
                || hedge != null
                || events != null;
        clockOnSuccess = events != null
                || limit != null
                || (breaker != null && breaker.needsDuration())
                || (hedge != null && hedge.needsDuration());
        learnsFromSuccess = limit != null || hedge != null;
        countsRefusals = throttle != null || limit != null;
        unguardedFirst = !clockAtStart && !judgesValues && bulkhead == null && budget == null;
        if (breaker != null) {
            breaker.onTransition(this);
        }
    }

    /** Sets up the telemetry. Before the Levee is handed out. */
    void attach(Levee levee, List<Telemetry> providers) {
        TelemetryHub hub = new TelemetryHub(levee, providers);
        if (hub.isUsed()) {
            telemetry = hub;
            clockAtStart = true;
            unguardedFirst = false;
        }
    }

    @Override
    public void onTransition(
            Breaker.State from, Breaker.State to, String reason, long nowNanos, Breaker.Snapshot figures) {
        LeveeEvent.BreakerChanged change = new LeveeEvent.BreakerChanged(name, from, to, reason);
        if (events != null) {
            events.publish(change);
        }
        if (telemetry != null) {
            telemetry.tell(TelemetryHub.BREAKER_CHANGED, null, null, 0, change);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Registers a call that close() must end. Answers false, and registers nothing, if it is too late for that. */
    boolean register(ScopeMember call) {
        pending.add(call);
        if (closed) {
            // close() may have looked before the call was there; whoever takes it out ends it.
            return !pending.remove(call);
        }
        return true;
    }

    void unregister(ScopeMember call) {
        pending.remove(call);
    }

    int pendingCount() {
        return pending.size();
    }

    void close() {
        boolean first = !closed;
        closed = true;
        for (ScopeMember call : List.copyOf(pending)) {
            if (pending.remove(call)) {
                call.leveeClosed();
            }
        }
        if (events != null) {
            events.close();
        }
        if (telemetry != null && first) {
            telemetry.tell(TelemetryHub.CLOSED, null, null, 0, null);
        }
    }
}
