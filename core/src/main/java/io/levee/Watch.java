package io.levee;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Interrupts the thread of a synchronous attempt that runs out of time or is cancelled, and makes sure that no such
 * interrupt reaches the code after the attempt. One for each frame; reused for each attempt, so it allocates nothing.
 *
 * <p>State: {@link #word} holds the number of the watched attempt and a phase. The owner (the calling thread) moves
 * IDLE to ACTIVE and ACTIVE to IDLE; whoever stops the attempt (the timer, or a cancelling thread) moves ACTIVE to FIRING,
 * interrupts, and moves FIRING to a FIRED phase. Both leave ACTIVE by CAS, so exactly one wins: an owner that loses waits
 * out the FIRING phase, which is a few instructions long, and then takes the interrupt back.
 *
 * <p>Timer: a timer entry for every attempt would cost more than the rest of the call. Instead one entry, the
 * {@link Alarm}, stays scheduled over many attempts. When it goes off it looks whether the attempt that then runs is
 * overdue; if not, it moves itself to that attempt's instant, or goes away if none runs. So a thread that makes a million
 * calls a second with a timeout of one second sets one timer entry a second.
 */
final class Watch implements Runnable {
    /** How a watched attempt ended: {@link #end()}. */
    static final int NOT_STOPPED = 0;

    static final int TIMED_OUT = 3;
    static final int CANCELLED = 4;

    private static final int IDLE = 0;
    private static final int ACTIVE = 1;
    private static final int FIRING = 2;
    // 3 and 4: fired, and why

    private static final int PHASE_BITS = 3;
    private static final long PHASE_MASK = (1L << PHASE_BITS) - 1;
    private static final long ONE_ATTEMPT = 1L << PHASE_BITS;

    private final Thread owner;

    private final AtomicLong word = new AtomicLong();
    private final AtomicReference<@Nullable Alarm> alarm = new AtomicReference<>();

    /** The watched attempt's instant; published by the write of the word. */
    private long dueNanos;

    private TimeSource time = TimeSource.system();

    /** The scope of what the attempt has started; null if there is none. */
    volatile @Nullable Scope started;

    /** Whether the interrupt was this watch's; written before the FIRED phase, read after it. */
    private boolean interrupted;

    Watch(Thread owner) {
        this.owner = owner;
    }

    /**
     * The owner starts an attempt that must end by an instant ({@link Nanos#NEVER}: only cancellation ends it).
     *
     * @param cancellable whether others may {@link #cancel} it; the owner then looks, after this, whether they have
     */
    void begin(TimeSource source, long due, boolean cancellable) {
        if (time != source) {
            time = source;
        }
        dueNanos = due;
        long next = (word.getOpaque() & ~PHASE_MASK) + ONE_ATTEMPT + ACTIVE;
        // Release, not volatile: a full fence here would cost every call as much as the rest of the watch. Opponent: an
        // alarm that goes away just now, which may not see this attempt yet while the read below still sees the alarm.
        // So the alarm looks again a tick after it has gone: see goAway().
        word.setRelease(next);
        if (due != Nanos.NEVER) {
            Alarm set = alarm.get();
            if (set == null || set.source != source || set.atNanos > due) {
                arm(set, source, due);
            }
        }
    }

    private void arm(@Nullable Alarm seen, TimeSource source, long due) {
        Alarm fresh = new Alarm(this, source, due);
        // Opponent: the old alarm that goes off now and moves or removes itself. If it wins, look again.
        Alarm expected = seen;
        while (!alarm.compareAndSet(expected, fresh)) {
            expected = alarm.get();
            if (expected != null && expected.source == source && expected.atNanos <= due) {
                return;
            }
        }
        if (expected != null) {
            expected.takeBack();
        }
        fresh.set();
    }

    /**
     * After an alarm moved or went away: an attempt may have begun meanwhile that still saw the old alarm and trusted in
     * it. If the word changes while this looks, the attempt that changed it has seen the new alarm, or is found when this
     * looks again.
     */
    @Override
    public void run() {
        long seen = word.get();
        if ((seen & PHASE_MASK) != ACTIVE) {
            return;
        }
        long due = dueNanos;
        TimeSource source = time;
        if (due == Nanos.NEVER || word.get() != seen) {
            return;
        }
        Alarm set = alarm.get();
        if (set == null || set.source != source || set.atNanos > due) {
            arm(set, source, due);
        }
    }

    /** The owner has made a scope for what the attempt starts: it is cancelled when time is up, even if the attempt goes on. */
    void stopToo(Scope scope) {
        started = scope;
        // Opponent: fire(). Either it sees the scope, or this sees that it was there.
        if ((word.get() & PHASE_MASK) >= FIRING) {
            scope.cancel();
        }
    }

    /** The owner ends the attempt. Answers why it was stopped, if it was; no interrupt of this watch comes after. */
    int end() {
        long active = word.getOpaque();
        if ((active & PHASE_MASK) == ACTIVE && word.compareAndSet(active, (active & ~PHASE_MASK) | IDLE)) {
            return NOT_STOPPED;
        }
        long now = word.get();
        while ((now & PHASE_MASK) == FIRING) {
            Thread.onSpinWait();
            now = word.get();
        }
        if (interrupted) {
            interrupted = false;
            // An interrupt of somebody else's that came between ours and now is taken with it: one flag cannot say
            // whose it is. It ends the call all the same if the time is up, else the next wait is not interrupted.
            Thread.interrupted();
        }
        word.set((now & ~PHASE_MASK) | IDLE);
        return (int) (now & PHASE_MASK);
    }

    /** Stops whatever attempt runs now. */
    void cancel() {
        long seen = word.get();
        if ((seen & PHASE_MASK) == ACTIVE) {
            fire(seen, CANCELLED);
        }
    }

    private void fire(long seen, int why) {
        if (!word.compareAndSet(seen, (seen & ~PHASE_MASK) | FIRING)) {
            return;
        }
        // Looked at while the owner waits: after that it may be another attempt's. A cancellation comes down the tree.
        Scope scope = why == TIMED_OUT ? started : null;
        // A flag that is up already is somebody else's interrupt: it does the work, and stays theirs.
        if (!owner.isInterrupted()) {
            interrupted = true;
            owner.interrupt();
        }
        word.set((seen & ~PHASE_MASK) | why);
        if (scope != null) {
            scope.timedOut();
        }
    }

    /** One entry in the timer. Its instant never changes; moving it means another alarm. */
    private static final class Alarm implements Runnable {
        final TimeSource source;
        final long atNanos;
        private final Watch watch;
        private volatile TimeSource.@Nullable Timeout entry;

        Alarm(Watch watch, TimeSource source, long atNanos) {
            this.watch = watch;
            this.source = source;
            this.atNanos = atNanos;
        }

        void set() {
            entry = source.schedule(atNanos, this);
        }

        void takeBack() {
            TimeSource.Timeout scheduled = entry;
            if (scheduled != null) {
                scheduled.cancel();
            }
        }

        @Override
        public void run() {
            if (watch.alarm.get() != this) {
                return;
            }
            long seen = watch.word.get();
            if ((seen & PHASE_MASK) == ACTIVE) {
                // The instant may be a later attempt's by now; then the word has changed and fire() fails.
                long due = watch.dueNanos;
                if (due <= source.nanoTime()) {
                    watch.fire(seen, TIMED_OUT);
                    goAway();
                    return;
                }
                if (due != Nanos.NEVER) {
                    move(due);
                    return;
                }
            }
            goAway();
        }

        /**
         * The owner publishes an attempt without a fence, so at this instant it may be in the processor's store buffer
         * still. That lasts for nanoseconds; what is looked at a tick later is what the owner wrote. (The bound is
         * physical, not the memory model's, and nothing unsafe rests on it: an attempt that was missed is not stopped by
         * the timer. Morrison and Afek: Temporally Bounding TSO for Fence-Free Asymmetric Synchronization, 2015.)
         */
        private void goAway() {
            if (watch.alarm.compareAndSet(this, null)) {
                watch.run();
                source.schedule(Nanos.add(source.nanoTime(), TimerWheel.TICK_NANOS), watch);
            }
        }

        private void move(long due) {
            Alarm later = new Alarm(watch, source, due);
            // Opponent: the owner that sets an earlier alarm.
            if (watch.alarm.compareAndSet(this, later)) {
                later.set();
                watch.run();
            }
        }
    }
}
