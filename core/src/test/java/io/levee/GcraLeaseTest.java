package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Leases: the bound is that of one word, whichever stripes take; and what they cost is that permits may be a little late. */
class GcraLeaseTest {
    /** A rule with leases so short that they matter; its threads are numbers. */
    private static final class Life {
        final ManualTime time = new ManualTime();
        final List<Long> grants = new ArrayList<>();
        final double rate;
        final int burst;
        final long increment;
        final long lease;
        Gcra gcra;

        Life(int increment, int burst, int leaseBits) {
            rate = (double) Nanos.PER_SECOND / increment;
            this.burst = burst;
            lease = 1L << leaseBits;
            LimiterRule rule = LimiterRule.perSecond(rate).withBurst(burst);
            this.increment = rule.incrementNanos;
            gcra = new Gcra(rule, 0, -1, lease, true);
        }

        boolean take(int stripe, long lateBy) {
            long asked = time.nanoTime() - lateBy;
            boolean taken = gcra.take(index(stripe), asked) == Gcra.TAKEN;
            if (taken) {
                grants.add(asked);
            }
            return taken;
        }

        /** As the limiter's drainer does it. */
        void giveBack(int which) {
            if (grants.isEmpty()) {
                return;
            }
            long at = grants.remove(which % grants.size());
            while (!gcra.giveBack(at, time)) {
                gcra = gcra.successor(time);
            }
            if (gcra.isPlain()) {
                gcra.replaceBy(gcra.rule);
                gcra = gcra.successor(time);
            }
        }

        void advance(long nanos) {
            time.advanceTo(time.nanoTime() + nanos);
        }

        /** How much later than by one word a permit may come. */
        long mostLate() {
            return lease * (Padded.STRIPES + 1);
        }
    }

    private static int index(int stripe) {
        return Padded.FIRST + Padded.STRIDE * (stripe % Padded.STRIPES);
    }

    @Property(tries = 400)
    void neverMoreThanRateTimesTimePlusBurst(
            @ForAll @IntRange(min = 1, max = 5) int increment,
            @ForAll @IntRange(min = 2, max = 60) int burst,
            @ForAll @IntRange(min = 3, max = 6) int leaseBits,
            @ForAll @Size(min = 50, max = 300) List<@IntRange(max = 9_999) Integer> steps) {
        Life life = new Life(increment, burst, leaseBits);
        for (int step : steps) {
            int argument = step / 10;
            switch (step % 10) {
                case 0 -> life.advance(argument % (2 * life.lease));
                case 1 -> life.advance(argument % 3 * life.increment);
                case 2 -> life.giveBack(argument);
                case 3 -> life.take(argument, argument % life.lease);
                default -> {
                    for (int n = argument % 9; n >= 0; n--) {
                        life.take(argument, 0);
                    }
                }
            }
        }
        Windows.assertWithin(life.grants, life.rate, burst);
    }

    @Property(tries = 60)
    void whoIsRefusedWouldBeOneTooManyWithinTheTimeOfTheLeases(
            @ForAll @IntRange(min = 1, max = 5) int increment,
            @ForAll @IntRange(min = 40, max = 200) int burst,
            @ForAll @IntRange(min = 3, max = 4) int leaseBits,
            @ForAll @Size(min = 50, max = 300) List<@IntRange(max = 9_999) Integer> steps) {
        Life life = new Life(increment, burst, leaseBits);
        for (int step : steps) {
            int argument = step / 10;
            if (step % 4 == 0) {
                life.advance(argument % 40);
            } else {
                for (int n = argument % 60; n >= 0; n--) {
                    if (!life.take(argument, 0)) {
                        assertThat(oneMoreWouldBeTooMany(life)).isTrue();
                    }
                }
            }
        }
    }

    private static boolean oneMoreWouldBeTooMany(Life life) {
        List<Long> grants = life.grants;
        long now = life.time.nanoTime() - life.mostLate();
        for (int i = 0; i < grants.size(); i++) {
            long withThisOne = grants.size() - i + 1;
            if ((withThisOne - life.burst) * life.increment > now - grants.get(i)) {
                return true;
            }
        }
        return false;
    }

    @Property(tries = 100)
    void atRestTheWholeBurstIsThereForOneThread(
            @ForAll @IntRange(min = 1, max = 5) int increment,
            @ForAll @IntRange(min = 10, max = 60) int burst,
            @ForAll @Size(max = 100) List<@IntRange(max = 99) Integer> before) {
        Life life = new Life(increment, burst, 4);
        for (int stripe : before) {
            life.take(stripe, 0);
            life.advance(stripe % 7);
        }
        life.advance(burst * life.increment + life.mostLate());
        for (int i = 0; i < burst; i++) {
            assertThat(life.take(1, 0)).as("permit %d of %d", i + 1, burst).isTrue();
        }
        assertThat(life.take(1, 0)).isFalse();
    }

    @Property(tries = 50)
    void whenMoreAreWantedThanThereAreTheRateIsUsedUp(
            @ForAll @IntRange(min = 2, max = 5) int increment, @ForAll @IntRange(min = 40, max = 200) int burst) {
        Life life = new Life(increment, burst, 4);
        long nanos = 5_000;
        for (int i = 0; i < nanos; i++) {
            for (int n = 0; n < Padded.STRIPES; n++) {
                life.take(i + n, 0);
            }
            life.advance(1);
        }
        assertThat((long) life.grants.size())
                .isBetween((nanos - life.mostLate()) / life.increment + burst, nanos / life.increment + burst);
    }

    @Property(tries = 100)
    void aForecastOfZeroIsAPermit(
            @ForAll @IntRange(min = 1, max = 5) int increment,
            @ForAll @IntRange(min = 2, max = 60) int burst,
            @ForAll @Size(max = 200) List<@IntRange(max = 99) Integer> stripes) {
        Life life = new Life(increment, burst, 5);
        for (int stripe : stripes) {
            boolean foreseen = life.gcra.conformsAt(life.time.nanoTime(), 0) == life.time.nanoTime();
            assertThat(life.take(stripe, 0)).isEqualTo(foreseen);
            life.advance(stripe % 5 == 0 ? 1 : 0);
        }
    }
}
