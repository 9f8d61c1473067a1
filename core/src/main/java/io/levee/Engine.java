package io.levee;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * What all calls to one downstream share: its settings and its protections, and the way of each attempt through those.
 * One for each {@link Levee}.
 */
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
    final Set<ScopeMember> pending = ConcurrentHashMap.newKeySet();

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
        Protection protection = b.protection();
        Breaker.Spec breakerSpec = b.breaker == null ? protection.breaker : b.breaker;
        breaker = breakerSpec == null ? null : breakerSpec.build(random);
        bulkhead = b.bulkhead == null ? null : b.bulkhead.build();
        long now = time.nanoTime();
        budget = b.retryBudget == null ? null : b.retryBudget.build(now);
        throttle = b.throttle == null ? null : b.throttle.build(random);
        limitSpec = b.concurrencyLimit == null ? protection.limit : b.concurrencyLimit;
        limit = limitSpec == null ? null : limitSpec.build(time, Math.min(b.attemptTimeoutNanos, b.deadlineNanos));
        spreadsRefusals = protection.limit != null && b.retry == null;
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
        if (hub.sinks.length > 0) {
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

    // What an attempt has to pass, what it holds while it runs, and what is told of its end.

    /**
     * Why no attempt may be made now; null if one may. It then is in the bulkhead and the concurrency limit and has the
     * breaker's stamp; all that is left to pass is the limiter.
     */
    @Nullable
    StopReason refusal(CallState of, long nowNanos, boolean asksThrottle, boolean hasRoom) {
        if (of.isEnding()) {
            return of.ending();
        }
        if (isClosed()) {
            return StopReason.CLOSED;
        }
        if (of.deadlineNanos != Nanos.NEVER && nowNanos >= of.deadlineNanos) {
            return StopReason.DEADLINE;
        }
        if (throttle != null && asksThrottle && !throttle.tryAcquire(nowNanos)) {
            return StopReason.THROTTLED;
        }
        if (breaker != null) {
            of.breakerStamp = breaker.tryAcquire(nowNanos);
            if (of.breakerStamp == Breaker.REFUSED) {
                return StopReason.BREAKER_OPEN;
            }
        }
        if (limit != null && !hasRoom) {
            if (!limit.tryEnter(nowNanos) && (of.isNew(nowNanos) || !limit.tryEnterUnheld(nowNanos))) {
                forgetProbe(of);
                return StopReason.LIMIT_FULL;
            }
            of.inLimit = true;
        }
        if (bulkhead != null) {
            if (!bulkhead.tryEnter()) {
                leave(of);
                return StopReason.BULKHEAD_FULL;
            }
            of.inBulkhead = true;
        }
        return null;
    }

    /** Whether a call is held off before its first attempt, as nothing but refusals came back of late; its wait has begun then. */
    boolean holdsOff(CallState of, long nowNanos) {
        if (limit == null || !of.isNew(nowNanos)) {
            return false;
        }
        long longest = limit.holdNanos(nowNanos);
        if (longest == 0) {
            return false;
        }
        of.used = true;
        of.askedNanos = nowNanos;
        longest = Math.min(longest, limit.giveUpAtNanos(nowNanos, of.deadlineNanos) - nowNanos);
        // At least a moment, which is what tells this call from a new one.
        of.retries.judgedNanos = nowNanos;
        of.retries.wakeAtNanos = nowNanos + 1 + random.nextBelow(Math.max(1, longest));
        return true;
    }

    /** Whether a call that the full concurrency limit refuses waits for room; its wait has begun then. */
    boolean waitsForRoom(CallState of, long nowNanos) {
        // A retry gets the room that first attempts leave, and does not wait for it.
        if (limit == null || limit.maxWaitNanos <= 0 || of.attempt > 0 || limit.isCollapsed()) {
            return false;
        }
        of.used = true;
        of.awaitsRoom = true;
        of.askedNanos = nowNanos;
        of.giveUpAtNanos = limit.giveUpAtNanos(nowNanos, of.deadlineNanos);
        return true;
    }

    /** The limiter has no permit at once: what the attempt holds goes back for as long as it waits for one. */
    int waitForPermit(CallState of, long nowNanos) {
        leave(of);
        of.askedNanos = nowNanos;
        return CallMachine.AWAIT_PERMIT;
    }

    /**
     * Gets in line for what {@link CallMachine#AWAIT_PERMIT} is about: a permit of the limiter, or room within the
     * concurrency limit.
     *
     * @return null if there is none in time
     */
    Limiter.@Nullable Ticket join(CallState of, Runnable onGranted) {
        if (of.awaitsRoom && limit != null) {
            return limit.await(of.askedNanos, of.giveUpAtNanos, onGranted);
        }
        return Objects.requireNonNull(limiter).acquire(of.askedNanos, of.attempt > 0, of.deadlineNanos, onGranted);
    }

    /** The instant at which the wait for a permit ends without one. */
    long giveUpAtNanos(CallState of) {
        return of.awaitsRoom ? of.giveUpAtNanos : of.deadlineNanos;
    }

    /** The wait is over. Answers whether it was for room within the concurrency limit. */
    boolean waited(CallState of, long nowNanos) {
        of.used = true;
        of.limiterWaitNanos += nowNanos - of.askedNanos;
        of.tell(TelemetryHub.LIMITER_WAITED, nowNanos, nowNanos - of.askedNanos, null);
        boolean forRoom = of.awaitsRoom;
        of.awaitsRoom = false;
        return forRoom;
    }

    /** Admits a hedge: at once or not at all. */
    boolean admitHedge(CallState of, long nowNanos) {
        if (refusal(of, nowNanos, true, false) != null) {
            return false;
        }
        if (limiter == null || limiter.tryAcquire(nowNanos)) {
            return true;
        }
        // Nobody waits for a permit to hedge: by then the first attempt has had its time.
        leave(of);
        return false;
    }

    /** Out of the bulkhead, the limit and the breaker without an attempt, or without a word on one. */
    void leave(CallState of) {
        leaveBulkhead(of);
        if (of.inLimit && limit != null) {
            of.inLimit = false;
            limit.leave();
        }
        forgetProbe(of);
    }

    private void leaveBulkhead(CallState of) {
        if (of.inBulkhead && bulkhead != null) {
            of.inBulkhead = false;
            bulkhead.leave();
        }
    }

    private void forgetProbe(CallState of) {
        if (breaker != null) {
            breaker.onIgnored(of.breakerStamp);
        }
    }

    void leaveWithSuccess(CallState of, long nowNanos) {
        leaveBulkhead(of);
        if (breaker != null) {
            breaker.onSuccess(of.breakerStamp, nowNanos, tookNanos(of, nowNanos));
        }
        if (learnsFromSuccess) {
            teach(of, nowNanos);
        }
    }

    /** Tells those who go by durations of a success. */
    private void teach(CallState of, long nowNanos) {
        if (of.inLimit && limit != null) {
            of.inLimit = false;
            limit.leave(nowNanos, tookNanos(of, nowNanos));
        }
        if (hedge != null) {
            hedge.record(tookNanos(of, nowNanos));
            Race both = of.race;
            if (both != null) {
                both.won(nowNanos);
            }
        }
    }

    /**
     * The attempt that runs has ended without success: tells everybody who counts attempts.
     *
     * @param refusal see {@link Judge#isRefusal}
     * @param dropped the downstream is not known to have answered, though the connection held, or said that it had not
     *     processed it
     */
    void leaveWithout(CallState of, Verdict.Health health, boolean refusal, boolean dropped, long nowNanos) {
        leaveBulkhead(of);
        tellBreaker(of, health, nowNanos);
        if (refusal && throttle != null) {
            throttle.onRefused(of.attemptStartNanos);
        }
        if (of.inLimit && limit != null) {
            of.inLimit = false;
            if (refusal && dropped) {
                limit.leaveDropped(nowNanos, spreadsRefusals && of.fate == Fate.REFUSED_UNPROCESSED);
            } else if (refusal) {
                limit.leaveFailed(nowNanos);
            } else if (health == Verdict.Health.HEALTHY) {
                limit.leave(nowNanos, tookNanos(of, nowNanos));
            } else if (health == Verdict.Health.FAULT && !dropped) {
                // It answers, with an error of its own: neither overloaded nor down.
                limit.leave(nowNanos, ConcurrencyLimit.NO_DURATION);
            } else {
                limit.leave();
            }
        }
    }

    private void tellBreaker(CallState of, Verdict.Health health, long nowNanos) {
        if (breaker == null) {
            return;
        }
        if (health == Verdict.Health.HEALTHY) {
            breaker.onSuccess(of.breakerStamp, nowNanos, tookNanos(of, nowNanos));
        } else if (health == Verdict.Health.FAULT) {
            breaker.onFailure(of.breakerStamp, nowNanos, tookNanos(of, nowNanos));
        } else {
            breaker.onIgnored(of.breakerStamp);
        }
    }

    private long tookNanos(CallState of, long nowNanos) {
        return Math.min(nowNanos, of.answeringNanos) - of.attemptStartNanos;
    }

    // Who waits, and the end.

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
