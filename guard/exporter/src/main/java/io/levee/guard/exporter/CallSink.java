package io.levee.guard.exporter;

import io.levee.CallResult;
import io.levee.CallView;
import io.levee.TelemetrySink;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Puts the calls to one downstream into the ring. Keeps nothing for a call; thread-safe. */
final class CallSink implements TelemetrySink {
    private final String service;
    private final EventRing ring;
    private final Sender sender;
    private final Thread thread;
    private final InstantSource clock;

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
        slot.service = service;
        slot.endpoint = call.call().endpoint();
        slot.result = result;
        slot.endedAtMillis = clock.millis();
        slot.tookNanos = call.elapsedNanos();
        slot.attempts = call.attemptsMade();
        // Where there is nothing to look into, nobody needs the trace.
        slot.traceparent = result == CallResult.GOOD && slot.attempts == 1 ? null : call.traceparent();
        ring.publish(position);
        if ((position & (Sender.BATCH - 1)) == Sender.BATCH - 1) {
            LockSupport.unpark(thread);
        }
    }
}
