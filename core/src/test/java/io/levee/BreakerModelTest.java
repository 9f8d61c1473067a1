package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Breaker.Snapshot;
import io.levee.Breaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/**
 * Random histories against a model that keeps every outcome in a list and counts anew each time: slow and simple, and
 * written from the rules, not from the code.
 */
class BreakerModelTest {
    private static final long MILLI = Nanos.PER_MILLI;
    private static final long WINDOW = 1_600 * MILLI;
    private static final long BUCKET = 100 * MILLI;
    private static final long OPEN = 700 * MILLI;
    private static final long LEASE = 900 * MILLI;
    private static final long SLOW = 50 * MILLI;

    enum Action {
        ACQUIRE,
        SUCCESS,
        FAILURE,
        IGNORED,
        ADVANCE,
        FORCE_OPEN,
        FORCE_CLOSED,
        RELEASE
    }

    /**
     * One step of a history.
     *
     * @param pick which of the stamps handed out so far, counted from the latest
     * @param millis how far to advance, or how long the call took (which is also how far back a success is counted)
     */
    record Step(Action action, int pick, int millis) {}

    enum Rule {
        IN_A_ROW,
        IN_A_ROW_OR_SLOW,
        OVER_TIME,
        OVER_TIME_OR_SLOW,
        OVER_CALLS,
        OVER_CALLS_OR_SLOW;

        Breaker.Spec spec() {
            Breaker.Spec row = Breaker.consecutiveFailures(3);
            Breaker.Spec rate = Breaker.failureRate(0.4).minimumCalls(5);
            Duration window = Duration.ofNanos(WINDOW);
            Duration slow = Duration.ofNanos(SLOW);
            Breaker.Spec spec = switch (this) {
                case IN_A_ROW -> row;
                case IN_A_ROW_OR_SLOW -> row.overCalls(6).minimumCalls(4).slowCalls(slow, 0.5);
                case OVER_TIME -> rate.overTime(window);
                case OVER_TIME_OR_SLOW -> rate.overTime(window).slowCalls(slow, 0.6);
                case OVER_CALLS -> rate.overCalls(7);
                case OVER_CALLS_OR_SLOW -> rate.overCalls(7).slowCalls(slow, 0.6);
            };
            return spec.openFor(Duration.ofNanos(OPEN)).probeLease(Duration.ofNanos(LEASE));
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Action> actions = Arbitraries.frequency(
                Tuple.of(100, Action.ACQUIRE),
                Tuple.of(60, Action.SUCCESS),
                Tuple.of(100, Action.FAILURE),
                Tuple.of(10, Action.IGNORED),
                Tuple.of(80, Action.ADVANCE),
                Tuple.of(10, Action.RELEASE),
                Tuple.of(1, Action.FORCE_OPEN),
                Tuple.of(1, Action.FORCE_CLOSED));
        Arbitrary<Integer> picks = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(0)),
                Tuple.of(1, Arbitraries.integers().between(0, 6)));
        Arbitrary<Integer> millis = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.integers().between(0, 150).withDistribution(RandomDistribution.uniform())),
                Tuple.of(1, Arbitraries.integers().between(0, 2_500).withDistribution(RandomDistribution.uniform())));
        return Combinators.combine(actions, picks, millis)
                .as(Step::new)
                .list()
                .ofMinSize(100)
                .ofMaxSize(300);
    }

    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE)
    void theBreakerDoesWhatTheModelDoes(@ForAll Rule rule, @ForAll("histories") List<Step> history) {
        Breaker breaker = rule.spec().build();
        Model model = new Model(rule);
        EnumSet<State> seen = EnumSet.noneOf(State.class);
        List<Long> stamps = new ArrayList<>(List.of(Breaker.REFUSED));
        long now = 3 * WINDOW;
        for (Step step : history) {
            long stamp = stamps.get(Math.max(0, stamps.size() - 1 - step.pick()));
            long duration = step.millis() * MILLI;
            switch (step.action()) {
                case ADVANCE -> now += duration;
                case ACQUIRE -> {
                    long given = breaker.tryAcquire(now);
                    assertThat(given).isEqualTo(model.acquire(now));
                    stamps.add(given);
                }
                case SUCCESS -> {
                    // With a rule about slow calls the caller has read the clock at the end anyway.
                    long counted = breaker.needsDuration() ? now : now - duration;
                    breaker.onSuccess(stamp, counted, duration);
                    model.success(stamp, counted, duration);
                }
                case FAILURE -> {
                    breaker.onFailure(stamp, now, duration);
                    model.failure(stamp, now, duration);
                }
                case IGNORED -> {
                    breaker.onIgnored(stamp);
                    model.ignored(stamp);
                }
                case FORCE_OPEN -> {
                    breaker.forceOpen();
                    model.force(State.FORCED_OPEN);
                }
                case FORCE_CLOSED -> {
                    breaker.forceClosed();
                    model.force(State.FORCED_CLOSED);
                }
                case RELEASE -> {
                    breaker.release();
                    model.release();
                }
            }
            seen.add(model.state);
            assertThat(breaker.state()).isEqualTo(model.state);
            assertThat(breaker.generation()).isEqualTo(model.generation);
            assertThat(breaker.openUntilNanos()).isEqualTo(model.openUntil);
            assertThat(breaker.isOpen(now)).isEqualTo(now < model.openUntil);
            if (model.state == State.CLOSED) {
                assertThat(breaker.snapshot(now)).isEqualTo(model.snapshot(now));
            }
        }
        // The histories are worth something only if they take every rule through its states.
        Statistics.label("states seen")
                .collect(rule, seen.contains(State.HALF_OPEN))
                .coverage(coverage -> {
                    for (Rule each : Rule.values()) {
                        coverage.check(each, true).count(count -> count > 30);
                    }
                });
    }

    /** The rules, told once more. */
    private static final class Model {
        private record Outcome(long at, boolean failed, boolean slow) {}

        private final Rule rule;
        private final boolean judgesSlow;
        private State state = State.CLOSED;
        private long generation;
        private long openUntil;
        private long leaseUntil;
        private final List<Outcome> outcomes = new ArrayList<>();

        Model(Rule rule) {
            this.rule = rule;
            judgesSlow = rule.name().endsWith("SLOW");
        }

        private void become(State next, long until) {
            state = next;
            generation++;
            openUntil = until;
            outcomes.clear();
        }

        long acquire(long now) {
            if ((state == State.OPEN && now >= openUntil) || (state == State.HALF_OPEN && now >= leaseUntil)) {
                become(State.HALF_OPEN, openUntil);
                leaseUntil = now + LEASE;
                return generation;
            }
            return state == State.CLOSED || state == State.FORCED_CLOSED ? generation : Breaker.REFUSED;
        }

        void success(long stamp, long countedAt, long duration) {
            boolean slow = judgesSlow && duration >= SLOW;
            if (stamp != generation) {
                return;
            }
            if (state == State.HALF_OPEN) {
                if (slow) {
                    become(State.OPEN, countedAt + OPEN);
                } else {
                    become(State.CLOSED, 0);
                }
            } else if (state == State.CLOSED) {
                outcomes.add(new Outcome(countedAt, false, slow));
                if (slow && tooManySlow(countedAt)) {
                    become(State.OPEN, countedAt + OPEN);
                }
            }
        }

        void failure(long stamp, long now, long duration) {
            if (stamp != generation) {
                return;
            }
            if (state == State.HALF_OPEN) {
                become(State.OPEN, now + OPEN);
            } else if (state == State.CLOSED) {
                boolean slow = judgesSlow && duration >= SLOW;
                outcomes.add(new Outcome(now, true, slow));
                if (tooManyFailures(now) || (slow && tooManySlow(now))) {
                    become(State.OPEN, now + OPEN);
                }
            }
        }

        void ignored(long stamp) {
            if (stamp == generation && state == State.HALF_OPEN) {
                become(State.OPEN, openUntil);
            }
        }

        void force(State forced) {
            if (state != forced) {
                become(forced, forced == State.FORCED_OPEN ? Long.MAX_VALUE : 0);
            }
        }

        void release() {
            if (state == State.FORCED_OPEN || state == State.FORCED_CLOSED) {
                become(State.CLOSED, 0);
            }
        }

        private boolean inARow() {
            return rule.name().startsWith("IN_A_ROW");
        }

        private int row() {
            int row = 0;
            for (int i = outcomes.size() - 1; i >= 0 && outcomes.get(i).failed; i--) {
                row++;
            }
            return row;
        }

        private List<Outcome> inWindow(long now) {
            if (rule.name().startsWith("OVER_TIME")) {
                return outcomes.stream()
                        .filter(o -> o.at / BUCKET > now / BUCKET - 16 && o.at / BUCKET <= now / BUCKET)
                        .toList();
            }
            int last = inARow() ? 6 : 7;
            return outcomes.subList(Math.max(0, outcomes.size() - last), outcomes.size());
        }

        private boolean tooManyFailures(long now) {
            if (inARow()) {
                return row() >= 3;
            }
            List<Outcome> counted = inWindow(now);
            long failed = counted.stream().filter(o -> o.failed).count();
            return counted.size() >= 5 && failed * 10 >= counted.size() * 4L;
        }

        private boolean tooManySlow(long now) {
            List<Outcome> counted = inWindow(now);
            long slow = counted.stream().filter(o -> o.slow).count();
            return counted.size() >= (inARow() ? 4 : 5) && slow * 10 >= counted.size() * (inARow() ? 5L : 6L);
        }

        Snapshot snapshot(long now) {
            int failures = inARow() ? row() : count(now, true);
            int calls = inARow() && !judgesSlow ? row() : inWindow(now).size();
            int slow = judgesSlow ? count(now, false) : 0;
            return new Snapshot(state, generation, failures, inARow() ? Math.max(calls, row()) : calls, slow, 0);
        }

        private int count(long now, boolean failed) {
            return (int) inWindow(now).stream()
                    .filter(o -> failed ? o.failed : o.slow)
                    .count();
        }
    }
}
