package io.levee.lab.storm;

import org.jspecify.annotations.Nullable;

/** One attempt on its way to a service, through it and back. The service never learns that its caller has gone. */
final class SimAttempt extends Event {
    /** Statuses: what a service answers. */
    static final int OK = 200;

    static final int REFUSED = 429;
    static final int UNAVAILABLE = 503;

    private static final int GOING = 0;
    private static final int WORKED_ON = 1;
    private static final int RETURNING = 2;

    private final Service to;
    private @Nullable Reply reply;
    private int phase = GOING;
    /** How long the work takes, and what it ends with. */
    long workNanos;

    int status;

    SimAttempt(Service to, Reply reply) {
        this.to = to;
        this.reply = reply;
    }

    /** Who waits for the answer. */
    @FunctionalInterface
    interface Reply {
        /** The answer is there. */
        void answered(int status, long nowNanos);
    }

    /** Nobody waits any more. */
    void abandon() {
        reply = null;
    }

    boolean isAbandoned() {
        return reply == null;
    }

    /** A worker takes it. */
    void workedOnUntil(EventLoop loop, long atNanos) {
        phase = WORKED_ON;
        loop.schedule(this, atNanos);
    }

    /** The answer sets out. */
    void answer(EventLoop loop, int status, long arrivesAtNanos) {
        this.status = status;
        phase = RETURNING;
        if (reply != null) {
            loop.scheduleMessage(this, arrivesAtNanos);
        }
    }

    @Override
    void happen(long nowNanos) {
        switch (phase) {
            case GOING -> to.arrived(this, nowNanos);
            case WORKED_ON -> to.worked(this, nowNanos);
            default -> {
                Reply waits = reply;
                if (waits != null) {
                    reply = null;
                    waits.answered(status, nowNanos);
                }
            }
        }
    }
}
