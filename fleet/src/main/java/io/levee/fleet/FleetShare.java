package io.levee.fleet;

import io.levee.Levee;
import io.levee.Limiter;
import io.levee.RetryBudget;
import io.levee.TimeSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this process may use of the fleet's limits for one downstream, kept up to date by its {@link Fleet}. Thread-safe.
 */
public final class FleetShare {
    /** More than is used now, so that a process can grow. */
    private static final double HEADROOM = 1.25;

    /** How much of the use of one renewal counts still at the next, so that a short rest does not cost the share. */
    private static final double MEMORY = 0.8;

    /** Of an equal part: what a process without any calls asks for, to be able to begin. */
    private static final double IDLE = 0.05;

    /** What a limiter is set to in place of 0, which it cannot be. */
    private static final double NEXT_TO_NOTHING = 1e-6;

    private final String downstream;
    private final FleetLimits limits;
    private final Fleet.Settings settings;
    private final Limiter limiter;
    private final @Nullable RetryBudget retries;
    /** Attempts so far; null if nobody counts them. */
    private final @Nullable LongAdder attempts;

    // For the fleet's thread alone.
    private long attemptsBefore;
    private long askedNanos;
    private double used;

    /** Opponents: the fleet's thread, the timer that ends a lease, and who reads a snapshot. */
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final Lease lease;
    private double inForce;
    private int membersInForce;
    private boolean closed;
    private TimeSource.@Nullable Timeout timer;

    FleetShare(Levee levee, FleetLimits limits, Fleet.Settings settings, @Nullable LongAdder attempts) {
        Limiter own = levee.limiter();
        if (own == null) {
            throw new IllegalArgumentException("levee '" + levee.name()
                    + "' has no limiter to share; give it Levee.Builder.limiter(fleet.localShare(limits))");
        }
        retries = limits.sharesRetries() ? levee.retryBudget() : null;
        if (limits.sharesRetries() && retries == null) {
            throw new IllegalArgumentException("levee '" + levee.name() + "' has no retry budget to share; leave out"
                    + " retryReserve(...) or noRetryBudget()");
        }
        this.downstream = levee.name();
        this.limits = limits;
        this.settings = settings;
        this.limiter = own;
        this.attempts = attempts;
        long now = settings.time().nanoTime();
        askedNanos = now;
        lease = new Lease(limits.permitsPerSecond(), settings.leaseNanos(), settings.expectedMembers(), now);
        lock.lock();
        try {
            apply(now);
        } finally {
            lock.unlock();
        }
    }

    /** The name of the downstream. */
    String downstream() {
        return downstream;
    }

    /** Asks Redis for a share; on the fleet's thread. */
    void renew(RedisScript redis, String script) throws Exception {
        long now = settings.time().nanoTime();
        double want = want(now);
        double held;
        lock.lock();
        try {
            held = lease.rateAt(now);
        } finally {
            lock.unlock();
        }
        Object answer = redis.eval(
                script,
                List.of(settings.prefix() + "{" + downstream + "}"),
                List.of(
                        settings.member(),
                        number(limits.permitsPerSecond()),
                        Long.toString(settings.leaseNanos() / 1_000_000),
                        number(held),
                        number(want)));
        Grant grant = Grant.of(answer);
        lock.lock();
        try {
            if (!closed) {
                lease.granted(now, grant.share(), grant.members());
                apply(settings.time().nanoTime());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The rate that this process could use; -1 if it does not know. */
    private double want(long nowNanos) {
        LongAdder counted = attempts;
        if (counted == null) {
            return -1;
        }
        long made = counted.sum();
        double seconds = Math.max(1e-3, (nowNanos - askedNanos) / 1e9);
        used = Math.max((made - attemptsBefore) / seconds, used * MEMORY);
        attemptsBefore = made;
        askedNanos = nowNanos;
        double equal;
        lock.lock();
        try {
            equal = limits.permitsPerSecond() / lease.members();
        } finally {
            lock.unlock();
        }
        return used * HEADROOM + limiter.waiting() / (settings.renewNanos() / 1e9) + equal * IDLE;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.17g", value);
    }

    /** Under the lock: makes the limiter what the lease says, and sets the timer for when the lease says something else. */
    private void apply(long nowNanos) {
        double rate = lease.rateAt(nowNanos);
        if (rate != inForce) {
            inForce = rate;
            limiter.change(Math.max(NEXT_TO_NOTHING, rate), limits.burstOf(rate));
        }
        RetryBudget budget = retries;
        if (budget != null && lease.members() != membersInForce) {
            budget.change(limits.reservePerSecond(lease.members()), limits.maxBalance(lease.members()), nowNanos);
        }
        membersInForce = lease.members();
        TimeSource.Timeout before = timer;
        if (before != null) {
            before.cancel();
        }
        long next = lease.nextChangeNanos(nowNanos);
        timer = next == Long.MAX_VALUE ? null : settings.time().schedule(next, this::expired);
    }

    private void expired() {
        lock.lock();
        try {
            if (!closed) {
                apply(settings.time().nanoTime());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nobody will renew it: from now on no more than an equal part, or what was granted if that is less. */
    void close() {
        lock.lock();
        try {
            closed = true;
            TimeSource.Timeout set = timer;
            if (set != null) {
                set.cancel();
            }
            double rate = Math.min(inForce, limits.permitsPerSecond() / lease.members());
            inForce = rate;
            limiter.change(Math.max(NEXT_TO_NOTHING, rate), limits.burstOf(rate));
        } finally {
            lock.unlock();
        }
    }

    /**
     * The share at this moment.
     *
     * @return the figures
     */
    public Snapshot snapshot() {
        lock.lock();
        try {
            return new Snapshot(
                    downstream,
                    inForce,
                    lease.members(),
                    !closed && lease.isValidAt(settings.time().nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return snapshot().toString();
    }

    /**
     * A share at one moment.
     *
     * @param downstream the downstream's name
     * @param permitsPerSecond the part of the fleet's rate that is in force here
     * @param members how many processes share the rate, as far as is known
     * @param leased true if Redis has granted it; false if this process goes by its local share, since Redis is away or slow
     */
    public record Snapshot(String downstream, double permitsPerSecond, int members, boolean leased) {}
}
