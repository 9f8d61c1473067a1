package io.levee;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Predicate;

/**
 * Who gets the permits of a {@link Gcra}, and when: the limiter's inside. (And who gets the room of a
 * {@link ConcurrencyLimit}, which is another source of what is waited for.)
 *
 * <p>Those who wait hold nothing but their place in one of two queues. (A future instant that is reserved for one
 * cannot be given back: those behind have theirs already, and the gap stays.) Permits are taken for them one by one, at
 * the instant at which they are handed out, by the drainer: whichever thread raised {@link #work} from 0. All others
 * only leave word and go; the one at work then goes round again. A timer is set for the next permit, and there is only
 * one of it, however many wait.
 */
class PermitQueue implements Runnable, Predicate<Limiter.Ticket> {
    private static final long ONE_FIRST = 1L << 32;

    private static final AtomicReferenceFieldUpdater<PermitQueue, Gcra> GCRA =
            AtomicReferenceFieldUpdater.newUpdater(PermitQueue.class, Gcra.class, "gcra");

    private final TimeSource time;
    private final int maxWaiting;

    /** Rule and state. By CAS from a frozen one to its successor; opponents: all threads that met the frozen one. */
    private volatile Gcra gcra;

    /** First attempts that wait in the upper half, retries in the lower. One counts before it is in its queue. */
    private final AtomicLong waiting = new AtomicLong();

    // Any thread adds to these; only the drainer takes out.
    final ConcurrentLinkedQueue<Limiter.Ticket> firsts = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Limiter.Ticket> retries = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Limiter.Ticket> returned = new ConcurrentLinkedQueue<>();

    /** Cancelled ones that are still in a queue. Too low by one who has cancelled but has not counted itself yet. */
    private final AtomicInteger cancelledInQueue = new AtomicInteger();

    /** How much work was announced since the drainer began its round; 0: there is no drainer. */
    private final AtomicInteger work = new AtomicInteger();

    // The drainer's own, handed from one to the next through 'work'.
    private TimeSource.@Nullable Timeout timer;
    private long timerAtNanos;

    PermitQueue(LimiterRule rule, int maxWaiting, TimeSource time) {
        this(new Gcra(rule), maxWaiting, time);
    }

    PermitQueue(Gcra gcra, int maxWaiting, TimeSource time) {
        this.time = time;
        this.maxWaiting = maxWaiting;
        this.gcra = gcra;
    }

    LimiterRule rule() {
        return gcra.rule;
    }

    int waiting() {
        return all(waiting.get());
    }

    Limiter.Snapshot snapshot(long nowNanos) {
        long seen = waiting.get();
        LimiterRule rule = rule();
        long waitNanos = conformsAt(nowNanos, firsts(seen)) - nowNanos;
        return new Limiter.Snapshot(rule.permitsPerSecond, rule.burst, firsts(seen), retries(seen), waitNanos);
    }

    long waitNanos(long nowNanos) {
        return conformsAt(nowNanos, firsts(waiting.get())) - nowNanos;
    }

    boolean tryTake(long nowNanos) {
        return waiting.get() < ONE_FIRST && take(nowNanos) == Gcra.TAKEN;
    }

    Limiter.@Nullable Ticket join(long nowNanos, boolean retry, long giveUpAtNanos, Runnable onGranted) {
        while (true) {
            long seen = waiting.get();
            int ahead = retry ? all(seen) : firsts(seen);
            if (ahead == 0 && take(nowNanos) == Gcra.TAKEN) {
                return new Limiter.Ticket(this, nowNanos);
            }
            if (all(seen) >= maxWaiting || conformsAt(nowNanos, ahead) >= giveUpAtNanos) {
                return null;
            }
            // Opponents: others who join, leave or are served; then the place and the forecast are others too.
            if (waiting.compareAndSet(seen, seen + weight(retry))) {
                break;
            }
        }
        Limiter.Ticket ticket = new Limiter.Ticket(this, retry, onGranted);
        (retry ? retries : firsts).add(ticket);
        try {
            drain(); // for the timer, or for a permit that has come meanwhile
        } catch (
                Throwable failure) { // the time source's: the caller gets no ticket, so nobody may stand in line for it
            ticket.open();
            ticket.cancel();
            throw failure;
        }
        ticket.open();
        return ticket;
    }

    /** One who waited has cancelled. The timer may stay: the permit that it is set for goes to the next. */
    void left(boolean retry) {
        served(retry);
        if (cancelledInQueue.incrementAndGet() > waiting()) {
            drain();
        }
    }

    /** One who waited has its permit. */
    void served(boolean retry) {
        waiting.getAndAdd(-weight(retry));
    }

    /** A cancelled ticket that had been granted. */
    void giveBack(Limiter.Ticket ticket) {
        returned.add(ticket);
        drain();
    }

    void change(LimiterRule rule) {
        boolean done;
        do {
            Gcra old = gcra;
            done = old.replaceBy(rule);
            succeed(old); // by our rule, or by that of a change that was quicker
        } while (!done);
        drain(); // the next permit comes at another instant now
    }

    private static int firsts(long waiting) {
        return (int) (waiting >>> 32);
    }

    private static int retries(long waiting) {
        return (int) waiting;
    }

    private static int all(long waiting) {
        return firsts(waiting) + retries(waiting);
    }

    private static long weight(boolean retry) {
        return retry ? 1 : ONE_FIRST;
    }

    /** Takes one: answers {@link Gcra#TAKEN}, or from when on one will be there, {@link Nanos#NEVER} if no timer can tell. */
    long take(long nowNanos) {
        while (true) {
            Gcra seen = gcra;
            long answer = seen.take(nowNanos);
            if (answer != Gcra.FROZEN) {
                return answer;
            }
            succeed(seen);
        }
    }

    /** When one is there for somebody with so many before it. */
    long conformsAt(long nowNanos, int ahead) {
        while (true) {
            Gcra seen = gcra;
            long answer = seen.conformsAt(nowNanos, ahead);
            if (answer != Gcra.FROZEN) {
                return answer;
            }
            succeed(seen);
        }
    }

    private void succeed(Gcra frozen) {
        // Opponents: all who met the frozen one. The first successor counts; the others were never seen by anybody.
        GCRA.compareAndSet(this, frozen, frozen.successor(time));
    }

    /** The timer's: somebody's permit is due. */
    @Override
    public void run() {
        drain();
    }

    /**
     * Does what there is to do. Whatever can bring a grant forward (a ticket in a queue, a permit given back, a new
     * rule) is announced here after it was done, so a round that begins later sees it.
     */
    final void drain() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        try {
            while (seen != 0) {
                seen = work.get();
                takeBack();
                sweep();
                grant();
                lease();
                seen = work.addAndGet(-seen);
            }
        } finally {
            if (seen != 0) {
                work.set(0); // the time source threw: let the next one try again
            }
        }
    }

    /** Lets threads take leases again, where they may not while somebody gives back. */
    private void lease() {
        Gcra seen = gcra;
        if (seen.isPlain()) {
            seen.replaceBy(seen.rule);
            succeed(seen);
        }
    }

    private void takeBack() {
        for (Limiter.Ticket ticket = returned.poll(); ticket != null; ticket = returned.poll()) {
            giveBackToRule(ticket.grantedAtNanos);
        }
    }

    /** Gives back one that was taken at an instant. */
    void giveBackToRule(long takenAtNanos) {
        for (Gcra seen = gcra; !seen.giveBack(takenAtNanos, time); seen = gcra) {
            succeed(seen);
        }
    }

    /** Throws out more than half of what it looks at, so that each cancelled one costs a constant amount. */
    private void sweep() {
        if (cancelledInQueue.get() > waiting()) {
            firsts.removeIf(this);
            retries.removeIf(this);
        }
    }

    /** Whether a ticket in a queue was cancelled and may be taken out: whoever asks does so. */
    @Override
    public boolean test(Limiter.Ticket ticket) {
        if (ticket.isCancelled()) {
            cancelledInQueue.decrementAndGet();
            return true;
        }
        return false;
    }

    private void grant() {
        while (someoneWaitsIn(firsts) || someoneWaitsIn(retries)) {
            long now = time.nanoTime();
            long conformsAt = take(now);
            if (conformsAt != Gcra.TAKEN) {
                if (conformsAt != Nanos.NEVER) {
                    wakeAt(conformsAt);
                }
                return;
            }
            handOut(now);
        }
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** Hands a permit to the first who still wants it; if all have cancelled since it was taken, it goes back. */
    private void handOut(long takenAtNanos) {
        for (Limiter.Ticket next = next(); next != null; next = next()) {
            if (next.grant(takenAtNanos)) {
                return;
            }
            cancelledInQueue.decrementAndGet();
        }
        giveBackToRule(takenAtNanos);
    }

    private boolean someoneWaitsIn(ConcurrentLinkedQueue<Limiter.Ticket> queue) {
        Limiter.Ticket head = queue.peek();
        while (head != null && test(head)) {
            queue.poll();
            head = queue.peek();
        }
        return head != null;
    }

    private Limiter.@Nullable Ticket next() {
        Limiter.Ticket first = firsts.poll();
        return first != null ? first : retries.poll();
    }

    /**
     * Sees to one timer at the given instant. One that is set for this very instant has not run yet, for the instant
     * lies after the present one and timers are never early.
     */
    private void wakeAt(long atNanos) {
        TimeSource.Timeout set = timer;
        if (set != null && timerAtNanos == atNanos) {
            return;
        }
        if (set != null) {
            set.cancel();
        }
        timer = null; // in case schedule throws
        timer = time.schedule(atNanos, this);
        timerAtNanos = atNanos;
    }
}
