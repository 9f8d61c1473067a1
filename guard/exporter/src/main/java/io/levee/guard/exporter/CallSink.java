package io.levee.guard.exporter;

import io.levee.CallResult;
import io.levee.CallView;
import io.levee.Decision;
import io.levee.TelemetrySink;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Puts the calls to one downstream into the ring. Keeps nothing for a call; thread-safe. */
final class CallSink implements TelemetrySink {
    /** Decision records of each kind a second: the guard keeps a few of each minute, and events tell how many there were. */
    private static final int RECORDS = 5;

    private final String service;
    private final EventRing ring;
    private final Sender sender;
    private final Thread thread;
    private final InstantSource clock;
    private final Allowance retries = new Allowance(RECORDS);
    private final Allowance stops = new Allowance(RECORDS);

    CallSink(String service, EventRing ring, Sender sender, Thread thread, InstantSource clock) {
        this.service = service;
        this.ring = ring;
        this.sender = sender;
        this.thread = thread;
        this.clock = clock;
    }

    @Override
    public void callEnded(CallView call, @Nullable Object state) {
        CallResult result = call.result();
        if (result == CallResult.WITHDRAWN) {
            return;
        }
        long position = sender.isClosing() ? -1 : ring.claim();
        if (position < 0) {
            sender.drop();
            return;
        }
        EventRing.Slot slot = ring.slot(position);
        slot.ended = true;
        slot.service = service;
        slot.endpoint = call.call().endpoint();
        slot.result = result;
        slot.endedAtMillis = clock.millis();
        slot.tookNanos = call.elapsedNanos();
        slot.attempts = call.attemptsMade();
        // Where there is nothing to look into, nobody needs the trace.
        slot.traceparent = result == CallResult.GOOD && slot.attempts == 1 ? null : call.traceparent();
        if (call.stop() != null && stops.take(slot.endedAtMillis)) {
            slot.decision = call.decision();
        }
        publish(position);
    }

    @Override
    public void retryScheduled(CallView call, @Nullable Object state, Decision decision) {
        long now = clock.millis();
        if (sender.isClosing() || !retries.take(now)) {
            return;
        }
        long position = ring.claim();
        if (position < 0) {
            return;
        }
        EventRing.Slot slot = ring.slot(position);
        slot.ended = false;
        slot.service = service;
        slot.endpoint = call.call().endpoint();
        slot.endedAtMillis = now;
        slot.traceparent = call.traceparent();
        slot.decision = decision;
        publish(position);
    }

    private void publish(long position) {
        ring.publish(position);
        if ((position & (Sender.BATCH - 1)) == Sender.BATCH - 1) {
            LockSupport.unpark(thread);
        }
    }
}
