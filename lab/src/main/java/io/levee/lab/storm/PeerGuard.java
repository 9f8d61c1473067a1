package io.levee.lab.storm;

import io.levee.lab.storm.peers.PeerRules;
import org.jspecify.annotations.Nullable;

/** A retry loop that asks a peer's rules, with an attempt timeout. It goes on though its caller may have left. */
final class PeerGuard implements Guard {
    private final EventLoop loop;
    private final PeerRules rules;
    private final long attemptTimeoutNanos;

    PeerGuard(EventLoop loop, PeerRules rules, long attemptTimeoutNanos) {
        this.loop = loop;
        this.rules = rules;
        this.attemptTimeoutNanos = attemptTimeoutNanos;
    }

    @Override
    public void call(Service to, CallEnd end) {
        rules.callBegins(loop.nowNanos());
        new PeerCall(to, end).attempt(loop.nowNanos());
    }

    /** One call; as an event, the end of its pause. */
    private final class PeerCall extends Event implements SimAttempt.Reply {
        private final Service to;
        private final CallEnd end;
        private int made;
        private long sentNanos;
        private @Nullable Timer timer;

        PeerCall(Service to, CallEnd end) {
            this.to = to;
            this.end = end;
        }

        void attempt(long nowNanos) {
            made++;
            if (!rules.admits(nowNanos)) {
                failed(PeerRules.NOT_ADMITTED, nowNanos);
                return;
            }
            sentNanos = nowNanos;
            Timer timeout = new Timer(this, to.send(this));
            timer = timeout;
            loop.scheduleTimer(timeout, nowNanos + attemptTimeoutNanos);
        }

        @Override
        public void answered(int status, long nowNanos) {
            Timer timeout = timer;
            if (timeout != null) {
                timeout.attempt = null;
                timer = null;
            }
            rules.attemptEnded(status == SimAttempt.OK, status, nowNanos - sentNanos, nowNanos);
            if (status == SimAttempt.OK) {
                rules.callSucceeded(made);
                end.ended(true, nowNanos);
            } else {
                failed(status, nowNanos);
            }
        }

        void timedOut(long nowNanos) {
            rules.attemptEnded(false, PeerRules.TIMED_OUT, nowNanos - sentNanos, nowNanos);
            failed(PeerRules.TIMED_OUT, nowNanos);
        }

        private void failed(int status, long nowNanos) {
            long pause = rules.pauseBeforeRetry(made, status, nowNanos);
            if (pause < 0) {
                end.ended(false, nowNanos);
            } else {
                loop.schedule(this, nowNanos + pause);
            }
        }

        @Override
        void happen(long nowNanos) {
            attempt(nowNanos);
        }
    }

    private static final class Timer extends Event {
        private final PeerCall call;
        private @Nullable SimAttempt attempt;

        Timer(PeerCall call, SimAttempt attempt) {
            this.call = call;
            this.attempt = attempt;
        }

        @Override
        void happen(long nowNanos) {
            SimAttempt late = attempt;
            if (late != null) {
                attempt = null;
                late.abandon();
                call.timedOut(nowNanos);
            }
        }
    }
}
