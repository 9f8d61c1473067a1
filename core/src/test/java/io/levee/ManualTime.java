package io.levee;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Time for the tests of this module: it stands still until a test advances it, or until something waits in it, which
 * then takes no time at all. Any thread may read, schedule, cancel and wake; one thread at a time advances or waits. (The
 * test kit's VirtualTime can more; it depends on this module, so it cannot be used here.)
 */
final class ManualTime implements TimeSource {
    /** Above zero: code that takes an instant of 0 for 'not set' must not pass its tests by luck. */
    static final long START = 1_000 * Nanos.PER_SECOND;

    private final AtomicLong now;
    private final AtomicLong submissions = new AtomicLong();
    /** By instant, then by order of submission. Guarded by itself. */
    private final TreeSet<Task> tasks = new TreeSet<>();

    private final List<Duration> waits = Collections.synchronizedList(new ArrayList<>());

    ManualTime() {
        this(START);
    }

    ManualTime(long startNanos) {
        now = new AtomicLong(startNanos);
    }

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public Timeout schedule(long atNanos, Runnable body) {
        synchronized (tasks) {
            Task task = new Task(atNanos, submissions.incrementAndGet(), body);
            tasks.add(task);
            return task;
        }
    }

    /** Runs scheduled tasks on the way; ends early if one of them, or another thread, makes the condition true. */
    @Override
    public boolean await(long atNanos, BooleanSupplier condition) throws InterruptedException {
        long start = nanoTime();
        boolean waited = false;
        while (!condition.getAsBoolean()) {
            if (Thread.interrupted()) {
                note(start);
                throw new InterruptedException();
            }
            if (nanoTime() >= atNanos) {
                if (waited) {
                    note(start);
                }
                return false;
            }
            waited = true;
            if (!step(atNanos)) {
                Thread.onSpinWait(); // nothing is scheduled and there is no limit: another thread has to act
            }
        }
        if (waited) {
            note(start);
        }
        return true;
    }

    private void note(long start) {
        waits.add(Duration.ofNanos(nanoTime() - start));
    }

    @Override
    public void wake(Thread thread) {
        // await() looks at its condition again and again
    }

    /** How long each await() so far lasted, those left out that did not wait at all. */
    List<Duration> waits() {
        return List.copyOf(waits);
    }

    /** How many scheduled tasks have neither run nor been cancelled. */
    int pending() {
        synchronized (tasks) {
            return tasks.size();
        }
    }

    void advance(Duration by) {
        advanceTo(nanoTime() + by.toNanos());
    }

    /** Runs everything due until then, each task at its instant. */
    void advanceTo(long atNanos) {
        while (step(atNanos) && nanoTime() < atNanos) {
            // the next one
        }
        Task due = takeDue(atNanos);
        while (due != null) {
            due.body.run();
            due = takeDue(atNanos);
        }
    }

    /** Goes to the next task at or before the limit and runs it, or to the limit; false if there is nowhere to go. */
    private boolean step(long limitNanos) {
        Task due = takeDue(limitNanos);
        if (due != null) {
            now.accumulateAndGet(due.atNanos, Math::max);
            due.body.run();
            return true;
        }
        if (limitNanos == Nanos.NEVER) {
            return false;
        }
        now.accumulateAndGet(limitNanos, Math::max);
        return true;
    }

    private Task takeDue(long limitNanos) {
        synchronized (tasks) {
            Task first = tasks.isEmpty() ? null : tasks.first();
            // A task at 'never' is never run, even by a wait without limit.
            boolean due = first != null && first.atNanos <= limitNanos && first.atNanos != Nanos.NEVER;
            return due ? tasks.pollFirst() : null;
        }
    }

    private final class Task implements Timeout, Comparable<Task> {
        private final long atNanos;
        private final long submission;
        private final Runnable body;

        Task(long atNanos, long submission, Runnable body) {
            this.atNanos = atNanos;
            this.submission = submission;
            this.body = body;
        }

        @Override
        public boolean cancel() {
            synchronized (tasks) {
                return tasks.remove(this);
            }
        }

        @Override
        public int compareTo(Task other) {
            int byInstant = Long.compare(atNanos, other.atNanos);
            return byInstant == 0 ? Long.compare(submission, other.submission) : byInstant;
        }
    }
}
