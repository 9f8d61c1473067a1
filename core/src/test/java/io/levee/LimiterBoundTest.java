package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The limiter's promise under whatever is done to it, against {@link Windows} and models that wait for nothing. */
class LimiterBoundTest {
    private static final int STEPS = 120;

    @Provide
    Arbitrary<Double> rates() {
        Arbitrary<Double> anyMagnitude = Arbitraries.doubles()
                .between(-4, 9)
                .ofScale(3)
                .map(exponent -> Math.min(1e9, Math.max(0.0001, Math.pow(10, exponent))));
        return Arbitraries.oneOf(anyMagnitude, Arbitraries.of(0.0001, 0.1, 1.0 / 3, 1.0, 3.0, 7.0, 1000.0, 3e8, 1e9));
    }

    /** Gaps that meet the increments, and miss them by a nanosecond: of this many halves, and so many nanoseconds. */
    record Gap(int halves, int nanos) {
        long of(long incrementNanos) {
            return Math.max(0, halves * (incrementNanos / 2) + nanos);
        }
    }

    @Provide
    Arbitrary<List<Gap>> gaps() {
        Arbitrary<Integer> halves = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(0)),
                Tuple.of(3, Arbitraries.integers().between(1, 3)),
                Tuple.of(1, Arbitraries.integers().between(4, 30)));
        return Combinators.combine(halves, Arbitraries.integers().between(-1, 1))
                .as(Gap::new)
                .list()
                .ofMaxSize(STEPS);
    }

    @Property(tries = 300)
    void neverMoreThanRateTimesTimePlusBurst(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = 20) int burst,
            @ForAll("gaps") List<Gap> gaps) {
        long increment = LimiterRule.perSecond(rate).incrementNanos;
        ManualTime time = new ManualTime(0);
        Limiter limiter = Limiter.perSecond(rate).burst(burst).build(time);
        List<Long> grants = new ArrayList<>();
        for (Gap gap : gaps) {
            time.advanceTo(time.nanoTime() + gap.of(increment));
            if (limiter.tryAcquire(time.nanoTime())) {
                grants.add(time.nanoTime());
            } else {
                assertThat(oneMoreWouldBeTooMany(grants, time.nanoTime(), increment, burst))
                        .as("refused for a reason")
                        .isTrue();
            }
        }
        Windows.assertWithin(grants, rate, burst);
    }

    private static boolean oneMoreWouldBeTooMany(List<Long> grants, long now, long increment, int burst) {
        for (int i = 0; i < grants.size(); i++) {
            long withThisOne = grants.size() - i + 1;
            if ((withThisOne - burst) * increment > now - grants.get(i)) {
                return true;
            }
        }
        return false;
    }

    /** A permit that was granted: to whom, when, and by which rule. */
    private static final class Grant {
        final long at;
        final int rule;
        boolean used = true;

        Grant(long at, int rule) {
            this.at = at;
            this.rule = rule;
        }
    }

    /** One life of a limiter, step by step; records what was granted. */
    private static final class Life {
        final ManualTime time = new ManualTime(0);
        final List<LimiterRule> rules = new ArrayList<>();
        final Limiter limiter;
        final List<Grant> grants = new ArrayList<>();
        final List<Grant> tried = new ArrayList<>();
        final List<Held> held = new ArrayList<>();

        private static final class Held {
            Limiter.Ticket ticket;
            Grant grant;
            int told;
        }

        Life(double rate, int burst) {
            rules.add(LimiterRule.perSecond(rate).withBurst(burst));
            limiter = Limiter.perSecond(rate).burst(burst).maxWaiting(15).build(time);
        }

        long now() {
            return time.nanoTime();
        }

        Grant grant(long at) {
            Grant grant = new Grant(at, rules.size() - 1);
            grants.add(grant);
            return grant;
        }

        long increment() {
            return rules.get(rules.size() - 1).incrementNanos;
        }

        void tryAcquire(long lateBy) {
            long asked = Math.max(0, now() - lateBy);
            if (limiter.tryAcquire(asked)) {
                tried.add(grant(asked));
            }
        }

        void giveBack(int which) {
            if (!tried.isEmpty()) {
                Grant grant = tried.remove(which % tried.size());
                grant.used = false;
                limiter.giveBack(grant.at);
            }
        }

        void acquire(boolean retry, long patience) {
            Held one = new Held();
            one.ticket = limiter.acquire(now(), retry, now() + patience, () -> {
                one.told++;
                one.grant = grant(now());
            });
            if (one.ticket != null) {
                held.add(one);
                if (one.ticket.isImmediate()) {
                    one.grant = grant(now());
                }
            }
        }

        void cancel(int which) {
            if (!held.isEmpty()) {
                Held one = held.remove(which % held.size());
                if (one.grant != null) {
                    one.grant.used = false;
                }
                assertThat(one.ticket.cancel()).isTrue();
                assertThat(one.ticket.cancel()).isFalse();
            }
        }

        void change(double rate, int burst) {
            rules.add(LimiterRule.perSecond(rate).withBurst(burst));
            limiter.change(rate, burst);
        }

        /** What is the same after every step, whatever it was. */
        void check() {
            int waiting = 0;
            for (Held one : held) {
                assertThat(one.ticket.isGranted()).isEqualTo(one.grant != null);
                assertThat(one.told).isEqualTo(one.grant == null || one.ticket.isImmediate() ? 0 : 1);
                waiting += one.grant == null ? 1 : 0;
            }
            assertThat(limiter.waiting()).isEqualTo(waiting);
            assertThat(time.pending()).isEqualTo(waiting == 0 ? 0 : 1);
            if (waiting > 0) {
                assertThat(limiter.waitNanos(now()))
                        .as("nobody waits beside a permit")
                        .isPositive();
            }
        }

        List<Grant> used() {
            return grants.stream()
                    .filter(grant -> grant.used)
                    .sorted(Comparator.comparingLong(grant -> grant.at))
                    .toList();
        }
    }

    @Property(tries = 500)
    void neverMoreWithWaitersCancelsAndPermitsGivenBack(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = 8) int burst,
            @ForAll @Size(max = STEPS) List<@IntRange(max = 9_999) Integer> steps) {
        Life life = new Life(rate, burst);
        for (int step : steps) {
            step(life, step, true);
            life.check();
        }
        life.time.advanceTo(life.now() + 20 * life.increment());
        life.check();
        assertThat(life.limiter.waiting()).as("everybody was served").isZero();
        Windows.assertWithin(life.used().stream().map(grant -> grant.at).toList(), rate, burst);
    }

    private static void step(Life life, int step, boolean late) {
        int argument = step / 10;
        long increment = life.increment();
        switch (step % 10) {
            case 0, 1 -> life.time.advanceTo(life.now() + new Gap(argument % 7, argument % 3 - 1).of(increment));
            case 2 -> life.time.advanceTo(life.now() + increment * (argument % 1000) / 1000);
            case 3 -> life.tryAcquire(0);
            case 4 -> life.tryAcquire(late ? increment * (argument % 1000) / 500 : 0);
            case 5 -> life.giveBack(argument);
            case 6, 7 -> life.acquire(argument % 2 == 0, increment * (argument % 13));
            default -> life.cancel(argument);
        }
    }

    @Property(tries = 500)
    void neverMoreThanTheLargerOfTheRulesDuringChanges(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = 8) int burst,
            @ForAll @Size(max = STEPS) List<@IntRange(max = 9_999) Integer> steps) {
        Life life = new Life(rate, burst);
        for (int step : steps) {
            if (step % 10 == 9) {
                double factor = new double[] {0.1, 0.5, 0.9, 1, 1.1, 2, 10}[step / 10 % 7];
                double newRate = Math.min(1e9, Math.max(0.0001, life.limiter.permitsPerSecond() * factor));
                life.change(newRate, 1 + step / 100 % 9);
            } else {
                step(life, step, false);
            }
            life.check();
        }
        List<Grant> used = life.used();
        for (int i = 0; i < used.size(); i++) {
            for (int j = i; j < used.size(); j++) {
                assertWithinRules(used.get(i), used.get(j), j - i + 1, life.rules);
            }
        }
    }

    private static void assertWithinRules(Grant from, Grant to, int grants, List<LimiterRule> rules) {
        List<LimiterRule> inForce = rules.subList(from.rule, to.rule + 1);
        long nanos = to.at - from.at;
        double highestRate = inForce.stream()
                .mapToDouble(rule -> rule.permitsPerSecond)
                .max()
                .orElseThrow();
        long largestBurst = inForce.stream().mapToLong(rule -> rule.burst).max().orElseThrow();
        assertThat(Windows.isWithin(grants, nanos, Windows.perNano(highestRate), largestBurst))
                .as("%d in %d ns with %s", grants, nanos, inForce)
                .isTrue();
        if (inForce.size() <= 2) {
            assertThat(inForce)
                    .as("%d in %d ns: one of the rules alone would allow it", grants, nanos)
                    .anyMatch(rule ->
                            Windows.isWithin(grants, nanos, Windows.perNano(rule.permitsPerSecond), rule.burst));
        }
    }

    /** A permit that is taken and given back at the same instant leaves no trace: who comes after sees no difference. */
    @Property(tries = 300)
    void aPermitGivenBackAtOnceLeavesNoTrace(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = 8) int burst,
            @ForAll("gaps") List<Gap> gaps,
            @ForAll long dice) {
        ManualTime time = new ManualTime(0);
        Limiter plain = Limiter.perSecond(rate).burst(burst).build(time);
        Limiter disturbed = Limiter.perSecond(rate).burst(burst).build(time);
        RandomSource random = RandomSource.seeded(dice);
        for (Gap gap : gaps) {
            time.advanceTo(time.nanoTime() + gap.of(LimiterRule.perSecond(rate).incrementNanos));
            long now = time.nanoTime();
            int held = 0;
            while (random.nextBelow(3) > 0 && disturbed.tryAcquire(now)) {
                held++;
            }
            for (; held > 0; held--) {
                disturbed.giveBack(now);
            }
            assertThat(disturbed.waitNanos(now)).isEqualTo(plain.waitNanos(now));
            assertThat(disturbed.tryAcquire(now)).isEqualTo(plain.tryAcquire(now));
        }
    }

    /** First attempts in order of arrival: each is served at the instant a list on paper says, or refused at once. */
    @Property(tries = 300)
    void everyTicketIsInTimeAndEveryRefusalWasForeseen(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = 8) int burst,
            @ForAll("gaps") List<Gap> gaps,
            @ForAll @IntRange(max = 9) int patience) {
        LimiterRule rule = LimiterRule.perSecond(rate).withBurst(burst);
        ManualTime time = new ManualTime(0);
        Limiter limiter = Limiter.perSecond(rate).burst(burst).build(time);
        List<Long> served = new ArrayList<>(); // on paper
        List<Long> told = new ArrayList<>();
        for (Gap gap : gaps) {
            time.advanceTo(time.nanoTime() + gap.of(rule.incrementNanos));
            long now = time.nanoTime();
            long giveUpAt = now + patience * rule.incrementNanos;
            long turn = earliest(served, now, rule);
            Limiter.Ticket ticket = limiter.acquire(now, false, giveUpAt, () -> told.add(time.nanoTime()));
            if (turn == now || turn < giveUpAt) {
                assertThat(ticket).isNotNull();
                assertThat(ticket.isImmediate()).isEqualTo(turn == now);
                served.add(turn);
                if (ticket.isImmediate()) {
                    told.add(now);
                }
            } else {
                assertThat(ticket).isNull();
            }
        }
        time.advanceTo(time.nanoTime() + 20 * rule.incrementNanos);
        assertThat(told).isEqualTo(served);
    }

    /** The first instant at which one more is within increment and burst, after those that are served before. */
    private static long earliest(List<Long> served, long now, LimiterRule rule) {
        BigDecimal increment = BigDecimal.valueOf(rule.incrementNanos);
        long turn = now;
        for (int i = 0; i < served.size(); i++) {
            long tooMany = served.size() - i + 1 - rule.burst;
            if (tooMany > 0) {
                turn = Math.max(
                        turn,
                        served.get(i)
                                + increment
                                        .multiply(BigDecimal.valueOf(tooMany))
                                        .longValueExact());
            }
        }
        return turn;
    }
}
