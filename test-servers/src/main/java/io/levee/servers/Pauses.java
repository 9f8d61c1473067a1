package io.levee.servers;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Many users side by side, each of which does something, pauses, and does it again. The pauses are spread evenly over a
 * span, so some end just when a peer gives an idle connection up.
 */
public record Pauses(int lanes, int pauses, int shortestMillis, int longestMillis) {
    /** What one of the users does after one of its pauses. */
    @FunctionalInterface
    public interface Work {
        CompletionStage<?> start(int lane, int pause);
    }

    /** Round 2 s: as many as {@code -Dlevee.pauses} says (10,000), most of them side by side, as their length is what takes the time. */
    public static Pauses roundTwoSecondsAtScale(int mostLanes) {
        int pauses = Integer.getInteger("levee.pauses", 10_000);
        int lanes = Math.min(mostLanes, pauses);
        return roundTwoSeconds(lanes, (pauses + lanes - 1) / lanes);
    }

    public static Pauses roundTwoSeconds(int lanes, int pauses) {
        return new Pauses(lanes, pauses, 1_900, 2_100);
    }

    public void run(Work work) throws Exception {
        CompletableFuture<?>[] all = new CompletableFuture<?>[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            all[lane] = lane(work, lane, 0);
        }
        CompletableFuture.allOf(all).get(10, TimeUnit.MINUTES);
    }

    private CompletableFuture<?> lane(Work work, int lane, int pause) {
        CompletableFuture<?> done = work.start(lane, pause).toCompletableFuture();
        if (pause == pauses) {
            return done;
        }
        // Lanes and pauses are spread evenly over the span, each lane another one in each round.
        int step = (lane + pause * 7) % lanes;
        long wait = TimeUnit.MILLISECONDS.toMicros(shortestMillis)
                + TimeUnit.MILLISECONDS.toMicros(longestMillis - shortestMillis) * step / lanes;
        Executor later = CompletableFuture.delayedExecutor(wait, TimeUnit.MICROSECONDS);
        return done.thenComposeAsync(ended -> lane(work, lane, pause + 1), later);
    }
}
