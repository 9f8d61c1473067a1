package io.levee.test;

import io.levee.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test advances it, or until something waits in it: the wait then moves the clock itself
 * and takes no real time. A synchronous call that backs off for 30 minutes ends in microseconds.
 *
 * <p>Scheduled tasks run in order of their instants, those of one instant in order of submission, each with the clock at
 * its instant; on the thread that moves the clock, never inside {@link #schedule}. With one thread everything is
 * deterministic.
 *
 * <p>With several threads one at a time moves the clock; it stops at the instant of every other thread that waits, until
 * that thread has seen it and has left its wait. What a thread does outside of its waits takes no time and does not hold
 * the clock: a test that needs an order between running threads has to make it, or use {@link #manual()}. A wait without
 * limit, with nothing scheduled and nobody else waiting for an instant, blocks for real until another thread wakes it.
 *
 * <p>Thread-safe.
 */
public final class VirtualTime implements TimeSource {
    /** Above zero: code that takes an instant of 0 for 'not set' must not pass its tests by luck. */
    private static final long START_NANOS = Duration.ofSeconds(1_000).toNanos();

    /** More than any sensible test schedules; a task that schedules itself for ever ends here and not in a hang. */
    private static final int MOST_STEPS = 10_000_000;

    private final boolean waitsMoveTheClock;
    private final AtomicLong now = new AtomicLong(START_NANOS);
    /** By instant, then by submission. Guarded by itself. */
    private final TreeSet<Task> tasks = new TreeSet<>();

    private long submissions; // guarded by tasks

    /** Held by the thread that moves the clock. Reentrant: a task may make a call that waits. */
    private final ReentrantLock seat = new ReentrantLock();
    /** The threads that are in a wait. */
    private final List<Waiter> waiters = new CopyOnWriteArrayList<>();
    /** All waits so far, in order of their start. Guarded by itself. */
    private final List<Waiter> history = new ArrayList<>();

    private VirtualTime(boolean waitsMoveTheClock) {
        this.waitsMoveTheClock = waitsMoveTheClock;
    }

    /**
     * Time that a wait moves by itself.
     *
     * @return a new clock
     */
    public static VirtualTime create() {
        return new VirtualTime(true);
    }

    /**
     * Time that only {@link #advance}, {@link #advanceTo} and {@link #runUntilIdle} move: a wait blocks its thread until
     * another thread does.
     *
     * @return a new clock
     */
    public static VirtualTime manual() {
        return new VirtualTime(false);
    }

    @Override
    public long nanoTime() {
        return now.get();
    }

    /**
     * The virtual time that has passed since this clock was made.
     *
     * @return zero or more
     */
    public Duration elapsed() {
        return Duration.ofNanos(now.get() - START_NANOS);
    }

    @Override
    public Timeout schedule(long atNanos, Runnable body) {
        Task task;
        synchronized (tasks) {
            task = new Task(atNanos, submissions++, Objects.requireNonNull(body, "task"));
            tasks.add(task);
        }
        wakeOthers();
        return task;
    }

    @Override
    public boolean await(long atNanos, BooleanSupplier condition) throws InterruptedException {
        return await(atNanos, condition, true);
    }

    boolean await(long atNanos, BooleanSupplier condition, boolean recorded) throws InterruptedException {
        Waiter waiter = null;
        try {
            while (!condition.getAsBoolean()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (now.get() >= atNanos) {
                    return false;
                }
                if (waiter == null) {
                    waiter = enter(atNanos, recorded);
                }
                if (!moveFor(atNanos)) {
                    // Not lost between here and there: whoever moves the clock, gives up the seat, schedules or wakes
                    // does so first and unparks then, and this thread was on the list before it looked.
                    LockSupport.park(this);
                }
            }
            return true;
        } finally {
            if (waiter != null) {
                waiter.endNanos = now.get();
                waiters.remove(waiter);
            }
        }
    }

    private Waiter enter(long atNanos, boolean recorded) {
        Waiter waiter = new Waiter(Thread.currentThread(), now.get(), atNanos);
        if (recorded) {
            synchronized (history) {
                history.add(waiter);
            }
        }
        waiters.add(waiter);
        return waiter;
    }

    private boolean moveFor(long atNanos) {
        if (!waitsMoveTheClock || !seat.tryLock()) {
            return false;
        }
        try {
            return step(atNanos, null);
        } finally {
            leaveSeat();
        }
    }

    @Override
    public void wake(Thread thread) {
        LockSupport.unpark(thread);
    }

    /**
     * Lets time pass, and runs what becomes due.
     *
     * @param by zero (runs what is due now) or more
     * @throws IllegalArgumentException if the time is negative
     * @throws AssertionError if a task threw: after all others have run, with what was thrown as cause
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time runs forward only: advance by zero or more, not by " + by);
        }
        advanceTo(Math.addExact(now.get(), by.toNanos()));
    }

    /**
     * Lets time pass up to an instant, and runs what becomes due.
     *
     * @param atNanos on {@link #nanoTime()}'s scale
     * @throws IllegalArgumentException if the instant has passed, or is {@link Long#MAX_VALUE}, which means never
     * @throws AssertionError if a task threw: after all others have run, with what was thrown as cause
     */
    public void advanceTo(long atNanos) {
        if (atNanos < now.get() || atNanos == Long.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "time runs forward only, and not to the end: it is " + now.get() + ", advance to " + atNanos);
        }
        drive(atNanos);
    }

    /**
     * Lets time pass until no task is scheduled and no thread waits for an instant. A task at {@link Long#MAX_VALUE}
     * is never run.
     *
     * @throws AssertionError if a task threw (after all others have run), or if there is no end to the tasks
     */
    public void runUntilIdle() {
        drive(Long.MAX_VALUE);
    }

    private void drive(long limitNanos) {
        List<Throwable> failures = new ArrayList<>();
        seat.lock();
        try {
            int steps = 0;
            while (step(limitNanos, failures)) {
                if (++steps == MOST_STEPS) {
                    throw new AssertionError(
                            "still busy after " + steps + " tasks, at " + elapsed() + " since the start");
                }
            }
        } finally {
            leaveSeat();
        }
        if (!failures.isEmpty()) {
            AssertionError error = new AssertionError("a scheduled task threw " + failures.get(0), failures.get(0));
            failures.stream().skip(1).filter(f -> f != failures.get(0)).forEach(error::addSuppressed);
            throw error;
        }
    }

    private void leaveSeat() {
        seat.unlock();
        wakeOthers();
    }

    private void wakeOthers() {
        for (Waiter waiter : waiters) {
            LockSupport.unpark(waiter.thread);
        }
    }

    /** Runs the next task, or moves to the next instant; false if there is nothing up to the limit. Has the seat. */
    private boolean step(long limitNanos, @Nullable List<Throwable> failures) {
        long next = limitNanos;
        for (Waiter waiter : waiters) {
            if (waiter.thread != Thread.currentThread()) {
                letLeave(waiter);
                next = waiters.contains(waiter) ? Math.min(next, waiter.atNanos) : next;
            }
        }
        Task task = null;
        synchronized (tasks) {
            if (!tasks.isEmpty() && tasks.first().atNanos <= next && tasks.first().atNanos != Long.MAX_VALUE) {
                task = tasks.pollFirst();
            }
        }
        if (task == null) {
            if (next == Long.MAX_VALUE || next <= now.get()) {
                return false;
            }
            now.set(next);
            wakeOthers();
            return true;
        }
        now.accumulateAndGet(task.atNanos, Math::max);
        run(task.body, failures);
        return true;
    }

    private void letLeave(Waiter waiter) {
        while (waiter.atNanos <= now.get() && waiters.contains(waiter)) {
            LockSupport.unpark(waiter.thread);
            LockSupport.parkNanos(this, 10_000); // as long as the other thread takes to look
        }
    }

    private static void run(Runnable body, @Nullable List<Throwable> failures) {
        try {
            body.run();
        } catch (Throwable failure) { // the others must run all the same, as on the real timer
            if (failures != null) {
                failures.add(failure);
            } else {
                Thread self = Thread.currentThread();
                self.getUncaughtExceptionHandler().uncaughtException(self, failure);
            }
        }
    }

    /**
     * How many scheduled tasks have neither run nor been cancelled: for assertions that nothing is left behind. (A thread
     * that made synchronous calls with an attempt timeout may keep one alarm, which it uses again;
     * {@link #runUntilIdle()} ends it.)
     *
     * @return 0 or more
     */
    public int pending() {
        synchronized (tasks) {
            return tasks.size();
        }
    }

    /**
     * How many threads are in a wait.
     *
     * @return 0 or more
     */
    public int waiting() {
        return waiters.size();
    }

    /**
     * How long each wait so far lasted, in order of their start: the backoffs of synchronous calls, and their waits for
     * permits. One that goes on counts up to now; one that was over before it began is not listed.
     *
     * @return a snapshot
     */
    public List<Duration> waits() {
        synchronized (history) {
            return history.stream().map(wait -> wait.lasted(now.get())).toList();
        }
    }

    private static final class Waiter {
        private final Thread thread;
        private final long startNanos;
        private final long atNanos;
        private volatile long endNanos = -1;

        Waiter(Thread thread, long startNanos, long atNanos) {
            this.thread = thread;
            this.startNanos = startNanos;
            this.atNanos = atNanos;
        }

        Duration lasted(long nowNanos) {
            return Duration.ofNanos((endNanos < 0 ? nowNanos : endNanos) - startNanos);
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
        @SuppressWarnings("ComparableType") // never leaves this class
        public int compareTo(Task other) {
            int byInstant = Long.compare(atNanos, other.atNanos);
            return byInstant == 0 ? Long.compare(submission, other.submission) : byInstant;
        }
    }
}
