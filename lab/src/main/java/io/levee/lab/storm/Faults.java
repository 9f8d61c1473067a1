package io.levee.lab.storm;

import java.util.List;

/** What is wrong with one service at an instant. */
final class Faults {
    private final Fault[] faults;
    private final long[] fromNanos;
    private final long[] toNanos;
    private final Draws draws;

    Faults(List<Fault> all, String service, Draws draws) {
        this.draws = draws;
        faults = all.stream().filter(fault -> fault.service().equals(service)).toArray(Fault[]::new);
        fromNanos = new long[faults.length];
        toNanos = new long[faults.length];
        for (int i = 0; i < faults.length; i++) {
            fromNanos[i] = EventLoop.START_NANOS + faults[i].from().toNanos();
            toNanos[i] = EventLoop.START_NANOS + faults[i].to().toNanos();
        }
    }

    private boolean isOn(int i, long nowNanos) {
        return nowNanos >= fromNanos[i] && nowNanos < toNanos[i];
    }

    /** Whether a request that arrives now is answered with 503 at once. */
    boolean refuses(long nowNanos) {
        for (int i = 0; i < faults.length; i++) {
            if (isOn(i, nowNanos)) {
                boolean refuses = switch (faults[i].kind()) {
                    case DOWN -> true;
                    case PARTIAL -> draws.uniform() < faults[i].amount();
                    case FLAPPING -> {
                        long period = faults[i].period().toNanos();
                        yield (nowNanos - fromNanos[i]) % period < period * faults[i].amount();
                    }
                    default -> false;
                };
                if (refuses) {
                    return true;
                }
            }
        }
        return false;
    }

    /** How many times as long work takes that begins now. */
    double slowness(long nowNanos) {
        double factor = 1;
        for (int i = 0; i < faults.length; i++) {
            if (isOn(i, nowNanos)) {
                if (faults[i].kind() == Fault.Kind.SLOW) {
                    factor *= faults[i].amount();
                } else if (faults[i].kind() == Fault.Kind.COLD) {
                    double done = (nowNanos - fromNanos[i]) / (double) (toNanos[i] - fromNanos[i]);
                    factor /= faults[i].amount() + (1 - faults[i].amount()) * done;
                }
            }
        }
        return factor;
    }

    /** Whether this kind of fault meets a request that arrives, or work that begins, now. */
    boolean meets(Fault.Kind kind, long nowNanos) {
        for (int i = 0; i < faults.length; i++) {
            if (faults[i].kind() == kind && isOn(i, nowNanos) && draws.uniform() < faults[i].amount()) {
                return true;
            }
        }
        return false;
    }
}
