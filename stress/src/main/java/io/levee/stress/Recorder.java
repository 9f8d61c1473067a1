package io.levee.stress;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets threads loose on an object and records what they did. Which operations they do follows from a seed; how they
 * meet is up to the machine, so a seed brings back the program of a history, not the history.
 *
 * <p>Beginnings and ends are numbered by one counter: then the order of two of them is certain, which the instants of a
 * clock that two processors read need not be. Its atomic updates are fences as well; what the compiler and the processor
 * may reorder between operations is the business of the JCStress tests.
 */
public final class Recorder implements AutoCloseable {
    /** One thread of a history. */
    public interface Actor<O> {
        /**
         * Does one operation on the object.
         *
         * @param random decides which
         * @return the operation with its answer
         */
        O act(SplittableRandom random);
    }

    /** The object of a history. */
    public interface Subject<O> {
        /**
         * One of the threads that will use the object; asked before any of them begins.
         *
         * @param thread from 0
         * @return what this thread does, used by it alone
         */
        Actor<O> actor(int thread);
    }

    /** A hang is a failure too, and must not be one of the build. */
    private static final long MOST_SECONDS = 60;

    private final int threads;
    private final int operationsEach;
    private final ExecutorService pool;

    /**
     * A recorder of histories of a certain size.
     *
     * @param threads how many at once
     * @param operationsEach how many operations each does
     */
    public Recorder(int threads, int operationsEach) {
        this.threads = threads;
        this.operationsEach = operationsEach;
        pool = Executors.newFixedThreadPool(threads);
    }

    /**
     * Records a history.
     *
     * @param subject a new object
     * @param seed decides the operations
     * @param <O> the operations
     * @return what was done
     * @throws IllegalStateException if a thread threw, or did not come to its end
     */
    public <O> List<Operation<O>> record(Subject<O> subject, long seed) {
        AtomicLong counter = new AtomicLong();
        AtomicInteger arrivals = new AtomicInteger();
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Future<List<Operation<O>>>> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            Actor<O> actor = subject.actor(thread);
            SplittableRandom random = seeds.split();
            running.add(pool.submit((Callable<List<Operation<O>>>) () -> {
                List<Operation<O>> mine = new ArrayList<>(operationsEach);
                try {
                    for (int i = 0; i < operationsEach; i++) {
                        meet(arrivals, threads * (i + 1));
                        long began = counter.incrementAndGet();
                        O what = actor.act(random);
                        mine.add(new Operation<>(thread, what, began, counter.incrementAndGet()));
                    }
                } finally {
                    arrivals.addAndGet(threads * operationsEach); // after an error nobody waits for this one
                }
                return mine;
            }));
        }
        List<Operation<O>> history = new ArrayList<>();
        for (Future<List<Operation<O>>> one : running) {
            try {
                history.addAll(one.get(MOST_SECONDS, TimeUnit.SECONDS));
            } catch (ExecutionException | TimeoutException | InterruptedException failure) {
                throw new IllegalStateException("seed " + seed + ": " + failure, failure);
            }
        }
        return history;
    }

    /**
     * The threads set off together for every operation: one takes less time than a thread to start, so without this
     * they would hardly ever meet.
     */
    private static void meet(AtomicInteger arrivals, int all) {
        arrivals.incrementAndGet();
        for (int looks = 1; arrivals.get() < all; looks++) {
            if (looks % 256 == 0) {
                Thread.yield(); // more threads than processors
            } else {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
