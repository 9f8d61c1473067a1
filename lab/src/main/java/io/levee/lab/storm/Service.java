package io.levee.lab.storm;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A service at work: see {@link ServiceModel}. */
final class Service {
    private final ServiceModel model;
    private final EventLoop loop;
    private final Faults faults;
    private final Draws times;
    private final long oneWayNanos;
    private final @Nullable Recorder recorder;
    private final ArrayDeque<SimAttempt> queue = new ArrayDeque<>();
    private int busy;

    private @Nullable Guard nextGuard;
    private @Nullable Service next;

    Service(
            ServiceModel model,
            EventLoop loop,
            Faults faults,
            Draws times,
            long roundTripNanos,
            @Nullable Recorder recorder) {
        this.model = model;
        this.loop = loop;
        this.faults = faults;
        this.times = times;
        this.recorder = recorder;
        oneWayNanos = roundTripNanos / 2;
    }

    /** What this service calls after its own work. */
    void calls(Service service, Guard guard) {
        next = service;
        nextGuard = guard;
    }

    String name() {
        return model.name();
    }

    /** Sends an attempt to this service. */
    SimAttempt send(SimAttempt.Reply reply) {
        long now = loop.nowNanos();
        SimAttempt attempt = new SimAttempt(this, reply);
        if (recorder != null) {
            recorder.sent(now);
        }
        loop.scheduleMessage(attempt, now + oneWayNanos);
        return attempt;
    }

    void arrived(SimAttempt attempt, long nowNanos) {
        if (faults.refuses(nowNanos)) {
            attempt.answer(loop, SimAttempt.UNAVAILABLE, nowNanos + oneWayNanos);
        } else if (faults.meets(Fault.Kind.REFUSED, nowNanos)) {
            attempt.answer(loop, SimAttempt.REFUSED, nowNanos + oneWayNanos);
        } else if (faults.meets(Fault.Kind.LOST, nowNanos)) {
            // Nobody will ever hear of it again.
        } else if (busy < model.workers()) {
            work(attempt, nowNanos);
        } else if (queue.size() < model.queue()) {
            queue.add(attempt);
        } else {
            attempt.answer(loop, SimAttempt.REFUSED, nowNanos + oneWayNanos);
        }
    }

    private void work(SimAttempt attempt, long nowNanos) {
        busy++;
        attempt.workNanos = (long) (model.time().draw(times) * faults.slowness(nowNanos));
        attempt.status = faults.meets(Fault.Kind.ERRORS, nowNanos) ? SimAttempt.UNAVAILABLE : SimAttempt.OK;
        attempt.workedOnUntil(loop, nowNanos + attempt.workNanos);
    }

    void worked(SimAttempt attempt, long nowNanos) {
        busy--;
        if (recorder != null) {
            recorder.worked(attempt.workNanos, attempt.isAbandoned(), nowNanos);
        }
        SimAttempt waiting = queue.poll();
        if (waiting != null) {
            work(waiting, nowNanos);
        }
        Service further = next;
        Guard guard = nextGuard;
        if (further != null && guard != null && attempt.status == SimAttempt.OK) {
            guard.call(
                    further,
                    (succeeded, atNanos) -> attempt.answer(
                            loop, succeeded ? SimAttempt.OK : SimAttempt.UNAVAILABLE, atNanos + oneWayNanos));
        } else {
            attempt.answer(loop, attempt.status, nowNanos + oneWayNanos);
        }
    }
}
