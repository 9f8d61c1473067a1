package io.levee.lab.storm;

import java.util.List;

/** Makes the calls of a scenario. */
final class Caller {
    private static final double SECOND = 1e9;

    private final Scenario scenario;
    private final EventLoop loop;
    private final Guard[] guards;
    private final Service to;
    private final Recorder recorder;
    private final Draws draws;

    Caller(Scenario scenario, EventLoop loop, Guard[] guards, Service to, Recorder recorder, Draws draws) {
        this.scenario = scenario;
        this.loop = loop;
        this.guards = guards;
        this.to = to;
        this.recorder = recorder;
        this.draws = draws;
    }

    void start() {
        Load load = scenario.load();
        if (load instanceof Load.Herd herd) {
            for (Guard guard : guards) {
                loop.schedule(
                        new Member(guard, herd),
                        EventLoop.START_NANOS + (long) (draws.uniform() * herd.overSeconds() * SECOND));
            }
        } else {
            Arrivals arrivals = load instanceof Load.Poisson poisson
                    ? new PoissonArrivals(poisson.steps())
                    : new RecordedArrivals(((Load.Recorded) load).seconds());
            arrivals.scheduleNext();
        }
    }

    private void call(long nowNanos) {
        Guard guard = guards.length == 1 ? guards[0] : guards[draws.below(guards.length)];
        recorder.arrived(nowNanos);
        guard.call(to, (succeeded, endNanos) -> recorder.ended(nowNanos, succeeded, endNanos));
    }

    /** One event that happens again and again, at each arrival. */
    private abstract class Arrivals extends Event {
        /** The next arrival in seconds since the start; negative when there are no more. */
        abstract double next();

        void scheduleNext() {
            double next = next();
            if (next >= 0) {
                loop.schedule(this, EventLoop.START_NANOS + (long) (next * SECOND));
            }
        }

        @Override
        void happen(long nowNanos) {
            call(nowNanos);
            scheduleNext();
        }
    }

    private final class PoissonArrivals extends Arrivals {
        private final List<Load.Step> steps;
        private int step;
        private double at;

        PoissonArrivals(List<Load.Step> steps) {
            this.steps = steps;
        }

        @Override
        double next() {
            // So much of the exponential's unit is left to be used up, at the rate of each step that it reaches into.
            double left = draws.exponential();
            while (true) {
                double rate = steps.get(step).perSecond();
                double end = step + 1 < steps.size() ? steps.get(step + 1).fromSeconds() : Double.POSITIVE_INFINITY;
                if (rate > 0 && at + left / rate < end) {
                    at += left / rate;
                    return at;
                }
                if (step + 1 == steps.size()) {
                    return -1;
                }
                left -= (end - at) * rate;
                at = end;
                step++;
            }
        }
    }

    private final class RecordedArrivals extends Arrivals {
        private final List<Double> seconds;
        private int index;

        RecordedArrivals(List<Double> seconds) {
            this.seconds = seconds;
        }

        @Override
        double next() {
            return index < seconds.size() ? seconds.get(index++) : -1;
        }
    }

    /** A client of a herd. */
    private final class Member extends Event {
        private final Guard guard;
        private final Load.Herd herd;
        private boolean isFirst = true;

        Member(Guard guard, Load.Herd herd) {
            this.guard = guard;
            this.herd = herd;
        }

        @Override
        void happen(long nowNanos) {
            recorder.arrived(nowNanos);
            if (isFirst) {
                isFirst = false;
                recorder.firstOfHerd(nowNanos);
            }
            guard.call(to, (succeeded, endNanos) -> {
                recorder.ended(nowNanos, succeeded, endNanos);
                if (succeeded) {
                    recorder.clientDone(endNanos);
                } else {
                    loop.schedule(this, endNanos + (long) (herd.pauseSeconds() * SECOND));
                }
            });
        }
    }
}
