package io.levee.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Call;
import io.levee.Levee;
import io.levee.Protection;
import io.levee.RandomSource;
import io.levee.Throttle;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What throttle and concurrency limit are for, in virtual time: a downstream that can answer 300 requests a second is
 * sent 1,000 a second. The engine is the real one; only downstream and time are played.
 */
class OverloadTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int OFFERED_PER_SECOND = 1_000;
    private static final int CAPACITY_PER_SECOND = 300;
    private static final int SECONDS = 90;
    /** The time after which the figures are taken: the first moments of an overload are nobody's steady state. */
    private static final int SETTLED_AFTER_SECONDS = 45;

    private final VirtualTime time = VirtualTime.create();

    /** One worker and a queue. It does not notice that a client has gone: what is queued is worked off. */
    private final class Server {
        private final long refusalNanos;
        private final long longestQueueNanos;
        private long busyUntil = time.nanoTime();
        private long worked;

        Server(Duration refusal, Duration longestQueue) {
            refusalNanos = refusal.toNanos();
            longestQueueNanos = longestQueue.toNanos();
        }

        CompletableFuture<String> receive() {
            CompletableFuture<String> answer = new CompletableFuture<>();
            long now = time.nanoTime();
            boolean refuses = Math.max(0, busyUntil - now) > longestQueueNanos;
            long cost = refuses ? refusalNanos : SECOND / CAPACITY_PER_SECOND;
            busyUntil = Math.max(now, busyUntil) + cost;
            worked += cost;
            time.schedule(busyUntil, () -> {
                if (refuses) {
                    answer.completeExceptionally(new ConnectException("overloaded"));
                } else {
                    answer.complete("7");
                }
            });
            return answer;
        }
    }

    private record Figures(double goodput, double wasted) {
        @Override
        public String toString() {
            return String.format(
                    java.util.Locale.ROOT, "%.0f answers a second, %.0f %% of the work wasted", goodput, wasted * 100);
        }
    }

    private Levee.Builder levee() {
        return Levee.named("inventory")
                .time(time)
                .random(RandomSource.seeded(1))
                .executor(Runnable::run)
                .deadline(Duration.ofSeconds(1))
                .idempotent();
    }

    /** Offers the load; the wasted work is what was done for no answer, as a share of what was done. */
    private Figures offer(Levee levee, Server server) {
        Call<String> stock = Call.named("stock");
        int[] good = new int[1];
        int settled = 0;
        long workedBefore = 0;
        long start = time.nanoTime();
        for (int i = 0; i < OFFERED_PER_SECOND * SECONDS; i++) {
            time.advanceTo(start + i * (SECOND / OFFERED_PER_SECOND));
            if (i == OFFERED_PER_SECOND * SETTLED_AFTER_SECONDS) {
                settled = good[0];
                workedBefore = server.worked;
            }
            var unused = levee.executeAsync(stock, attempt -> server.receive())
                    .thenAccept(result -> good[0] += result.succeeded() ? 1 : 0);
        }
        double seconds = SECONDS - SETTLED_AFTER_SECONDS;
        double goodput = (good[0] - settled) / seconds;
        double useful = (good[0] - settled) * (double) SECOND / CAPACITY_PER_SECOND;
        levee.close();
        return new Figures(goodput, 1 - Math.min(1, useful / (server.worked - workedBefore)));
    }

    /** Saying no costs this server 1 ms, and a full queue is 100 ms long: at 1,000 a second it says nothing else. */
    private Server refusing() {
        return new Server(Duration.ofMillis(1), Duration.ofMillis(100));
    }

    @Test
    void theThrottleLeavesADownstreamThatRefusesTimeToAnswer() {
        Figures without = offer(levee().protection(Protection.none()).build(), refusing());
        Figures with = offer(
                levee().throttle(Throttle.adaptive().window(Duration.ofSeconds(15)))
                        .build(),
                refusing());
        System.out.println("throttle off: " + without + "; on: " + with);
        assertThat(with.goodput).isGreaterThan(150).isGreaterThan(2 * without.goodput);
        assertThat(with.wasted).isLessThan(0.6 * without.wasted);
    }

    /** This one takes everything: its queue grows, until each answer comes when its client has gone. */
    private Server queueing() {
        return new Server(Duration.ZERO, Duration.ofDays(1));
    }

    @Test
    void theConcurrencyLimitKeepsADownstreamThatQueuesFromWorkingForNobody() {
        Figures without = offer(levee().protection(Protection.none()).build(), queueing());
        Figures with = offer(levee().build(), queueing());
        System.out.println("concurrency limit off: " + without + "; on: " + with);
        assertThat(with.goodput).isGreaterThan(200).isGreaterThan(5 * without.goodput);
        assertThat(with.wasted).isLessThan(0.3);
        assertThat(without.wasted).isGreaterThan(0.8);
    }
}
