package io.levee;

import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A timer wheel and the one thread that runs what is due. The thread is a daemon, is started when something is
 * scheduled, sleeps until the next occupied slot, and ends when nothing was pending or scheduled for a while.
 * Thread-safe.
 *
 * <p>One lock guards the wheel and the fields below. It is held for some instructions by those who schedule and cancel,
 * and for a batch of a cascade at most by the timer's thread; no code of a user ever runs under it. A lock-free queue
 * in front of the wheel would make scheduling no cheaper (one atomic update either way), and would leave cancelled
 * entries in the queue until the thread wakes.
 */
final class TimerThread implements Runnable {
    static final String NAME = "levee-timer";

    final ReentrantLock lock = new ReentrantLock();
    final TimerWheel wheel = new TimerWheel();
    private final TimeSource clock;
    private final long idleNanos;

    /** The living thread. Guarded by the lock: the opponents are a thread that ends and a caller who schedules. */
    @Nullable
    Thread thread;
    /** Whether the thread sleeps, or is about to, and nobody has woken it yet. */
    private boolean asleep;
    /** The tick until which it sleeps. Once announced it is kept until it has passed, see {@link #sleepUntil}. */
    private long wakeTick = TimerWheel.NO_TICK;
    /** Counts what was ever scheduled: tells an idle timer from one whose entries are all cancelled in time. */
    private long scheduled;

    /**
     * A timer without a thread.
     *
     * @param clock the present instant
     * @param idleNanos how long nothing is pending or scheduled before the thread ends
     */
    TimerThread(TimeSource clock, long idleNanos) {
        this.clock = clock;
        this.idleNanos = idleNanos;
    }

    boolean cancel(TimerWheel.Entry timer) {
        lock.lock();
        try {
            // The thread takes an entry out of the wheel before it runs it, under the same lock: either it has (false
            // here), or it will not find it.
            return wheel.remove(timer);
        } finally {
            lock.unlock();
        }
    }

    TimeSource.Timeout schedule(long atNanos, Runnable task) {
        TimerWheel.Entry timer = new TimerWheel.Entry(this, Objects.requireNonNull(task, "task"));
        Thread sleeper = null;
        lock.lock();
        try {
            wheel.add(timer, atNanos);
            scheduled++;
            if (thread == null) {
                start(timer);
            } else if (asleep && timer.tick < wakeTick) {
                wakeTick = timer.tick;
                asleep = false;
                sleeper = thread;
            }
        } finally {
            lock.unlock();
        }
        if (sleeper != null) {
            LockSupport.unpark(sleeper);
        }
        return timer;
    }

    @SuppressWarnings("ThreadPriorityCheck") // not to inherit a low priority of whoever happens to be first
    private void start(TimerWheel.Entry first) {
        // Without the inheritable thread locals and the class loader of whoever happens to be the first to schedule:
        // the
        // thread may outlive the application that this caller belongs to.
        Thread fresh = new Thread(null, this, NAME, 0, false);
        fresh.setDaemon(true);
        fresh.setPriority(Thread.NORM_PRIORITY);
        fresh.setContextClassLoader(null);
        boolean started = false;
        try {
            fresh.start();
            started = true;
        } finally {
            if (!started) { // no memory for a stack: the caller gets the error, and no entry that nobody will run
                wheel.remove(first);
            }
        }
        thread = fresh;
        asleep = false;
        wakeTick = TimerWheel.NO_TICK;
    }

    /** The thread's own: nobody else calls it. */
    @Override
    public void run() {
        try {
            loop();
        } finally {
            lock.lock();
            try {
                // Left by an error of the machine (a stopped thread, no stack left) the seat must not stay taken, or
                // nothing would run any more: the next to schedule starts another thread.
                if (thread == Thread.currentThread()) {
                    thread = null;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void loop() {
        long seen = -1;
        long idleUntil = 0;
        while (true) {
            // A task may have left the flag set; parking would then return at once, for ever.
            boolean unused = Thread.interrupted();
            long now = clock.nanoTime();
            long until = now;
            TimerWheel.Entry due;
            lock.lock();
            try {
                asleep = false;
                due = wheel.poll(now);
                if (due == null) {
                    if (wheel.size() > 0 || seen != scheduled) {
                        seen = scheduled;
                        idleUntil = Nanos.add(now, idleNanos);
                    } else if (now >= idleUntil) {
                        // Opponent: a caller in schedule(). Under the lock he either came before, and the wheel was not
                        // empty, or comes after, finds no thread and starts one. Nothing falls in between.
                        thread = null;
                        return;
                    }
                    until = sleepUntil(now);
                    if (wheel.size() == 0) {
                        until = Math.min(until, idleUntil);
                    }
                    asleep = until > now;
                }
            } finally {
                lock.unlock();
            }
            if (due != null) {
                runTask(due.task);
            } else if (until == Nanos.NEVER) {
                LockSupport.park(this);
            } else if (until > now) {
                LockSupport.parkNanos(this, until - now);
            }
        }
    }

    /**
     * The instant until which to sleep. A wake-up that was announced stays, even when its entry has been cancelled since:
     * of many timers that are set and taken back one after the other, each one some time ahead, only the first wakes
     * the thread, and not each one.
     */
    private long sleepUntil(long now) {
        long next = wheel.nextTick();
        boolean passed = wakeTick <= now >>> TimerWheel.TICK_SHIFT;
        wakeTick = passed ? next : Math.min(wakeTick, next);
        return TimerWheel.nanosOf(wakeTick);
    }

    static void runTask(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) { // whatever it is, the tasks of others must run
            Thread self = Thread.currentThread();
            try {
                self.getUncaughtExceptionHandler().uncaughtException(self, failure);
            } catch (Throwable ignored) {
                // A handler that throws is ignored, as the virtual machine does (Thread.UncaughtExceptionHandler).
            }
        }
    }
}
