package io.levee.fleet;

import io.levee.CallView;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import io.levee.TimeSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Holds all processes that call a downstream to one rate together:
 *
 * <pre>{@code
 * Fleet fleet = Fleet.over(jedis::eval, 4).build();
 * FleetLimits limits = FleetLimits.perSecond(1000).burst(100);
 * Levee inventory = Levee.named("inventory").limiter(fleet.localShare(limits)).alsoTell(fleet.usage()).build();
 * fleet.share(inventory, limits);
 * }</pre>
 *
 * <p>Each process has a part of the rate on lease, renewed by a thread of its own; its limiter is set to that part. So a call
 * never waits for Redis, and costs what it costs without a fleet. Parts follow demand where the Levee has
 * {@link #usage()}, and are equal where it has not. When Redis is away or slow, a process goes on with an
 * equal part (or what it had, if that is less, for the time of one lease), and comes back by itself.
 *
 * <p>How far the fleet can exceed its rate, and why: docs/fleet.md. Thread-safe. Close it to stop its thread; the limiters
 * stay at no more than an equal part.
 */
public final class Fleet implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.levee.fleet");
    private static final String SCRIPT = script();

    /** How many renewals fit into a lease at least, so that one that fails costs nothing. */
    private static final int RENEWALS_IN_A_LEASE = 3;

    private final RedisScript redis;
    private final Settings settings;
    /** Attempts by the name of the Levee that made them. */
    private final Map<String, LongAdder> used = new ConcurrentHashMap<>();

    private final List<FleetShare> shares = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable Exception failure;

    /**
     * What all shares of a fleet have in common.
     *
     * @param prefix of the keys in Redis
     * @param member the name of this process, no other's
     */
    record Settings(
            String prefix, String member, int expectedMembers, long leaseNanos, long renewNanos, TimeSource time) {}

    private Fleet(Builder from) {
        redis = from.redis;
        settings = new Settings(
                from.prefix,
                UUID.randomUUID().toString(),
                from.expectedMembers,
                from.leaseNanos,
                from.renewNanos,
                TimeSource.system());
        thread = new Thread(this::run, "levee-fleet");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Begins to set up this process' part in a fleet.
     *
     * @param redis runs a script in the Redis that the fleet shares
     * @param expectedMembers about how many processes share the limits: what this one goes by until Redis has told it. Too
     *     few, and a start without Redis sends more than the limit
     * @return a builder with the defaults
     * @throws IllegalArgumentException if the number is less than 1
     */
    public static Builder over(RedisScript redis, int expectedMembers) {
        return new Builder(redis, expectedMembers);
    }

    private static String script() {
        try (InputStream in = Fleet.class.getResourceAsStream("share.lua")) {
            return new String(Objects.requireNonNull(in, "share.lua").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The limiter to build a Levee with that is to be shared: an equal part of the limits.
     *
     * @param limits the fleet's
     * @return for {@link Levee.Builder#limiter}
     */
    public Limiter.Spec localShare(FleetLimits limits) {
        double rate = limits.permitsPerSecond() / settings.expectedMembers();
        return Limiter.perSecond(rate).burst(limits.burstOf(rate));
    }

    /**
     * Counts the attempts of a Levee that is to be shared, so that its part can follow what it uses.
     *
     * @return for {@link Levee.Builder#alsoTell}; costs each call an addition to a counter
     */
    public Telemetry usage() {
        return levee -> new Usage(used.computeIfAbsent(levee.name(), name -> new LongAdder()));
    }

    private record Usage(LongAdder attempts) implements TelemetrySink {
        @Override
        public boolean timesEveryCall() {
            return false;
        }

        @Override
        public void callEnded(CallView call, @Nullable Object state) {
            attempts.add(call.attemptsMade());
        }
    }

    /**
     * Sets a Levee's limiter, and its retry budget if the limits say so, to this process' part of the fleet's limits from now
     * on. The Levee's name tells the fleet's downstreams apart: it and the limits must be the same in all processes.
     *
     * @param levee with a limiter, on the system's time
     * @param limits of all processes together
     * @return what this process has of them
     * @throws IllegalArgumentException if the Levee lacks what is to be shared, or one of its name is shared already
     * @throws IllegalStateException if the fleet is closed
     */
    public FleetShare share(Levee levee, FleetLimits limits) {
        synchronized (shares) {
            if (closed) {
                throw new IllegalStateException("the fleet is closed");
            }
            if (shares.stream().anyMatch(share -> share.downstream().equals(levee.name()))) {
                throw new IllegalArgumentException("a levee '" + levee.name() + "' is shared already");
            }
            FleetShare share = new FleetShare(levee, limits, settings, used.get(levee.name()));
            shares.add(share);
            settings.time().wake(thread);
            return share;
        }
    }

    /**
     * Why the last renewal failed.
     *
     * @return null if it did not
     */
    public @Nullable Exception failure() {
        return failure;
    }

    private void run() {
        while (!closed) {
            int known = shares.size();
            long next = settings.time().nanoTime() + settings.renewNanos();
            for (FleetShare share : shares) {
                renew(share);
            }
            try {
                settings.time().await(next, () -> closed || shares.size() > known);
            } catch (InterruptedException nobodyElsesBusiness) {
                // The thread is this fleet's own, and ends by close().
            }
        }
    }

    private void renew(FleetShare share) {
        if (closed) {
            return;
        }
        try {
            share.renew(redis, SCRIPT);
            if (failure != null) {
                LOG.log(System.Logger.Level.INFO, "Redis answers again; {0}", share);
            }
            failure = null;
        } catch (Exception away) {
            if (failure == null) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Redis does not answer ({0}); this process goes on with its local share when its lease has run out"
                                + " (said once until Redis is back); {1}",
                        away,
                        share);
            }
            failure = away;
        }
    }

    /** Stops renewing; the limiters stay at an equal part, or at what they have if that is less. */
    @Override
    public void close() {
        synchronized (shares) {
            closed = true;
        }
        settings.time().wake(thread);
        shares.forEach(FleetShare::close);
    }

    @Override
    public String toString() {
        return "Fleet" + shares;
    }

    /** Sets up a {@link Fleet}. Not thread-safe. */
    public static final class Builder {
        private final RedisScript redis;
        private final int expectedMembers;
        private String prefix = "levee:fleet:";
        private long leaseNanos = Duration.ofSeconds(3).toNanos();
        private long renewNanos = Duration.ofMillis(250).toNanos();

        private Builder(RedisScript redis, int expectedMembers) {
            this.redis = Objects.requireNonNull(redis, "redis");
            if (expectedMembers < 1) {
                throw new IllegalArgumentException("expectedMembers must be 1 or more, is " + expectedMembers);
            }
            this.expectedMembers = expectedMembers;
        }

        /**
         * Sets what the keys in Redis begin with, for two fleets on one Redis. Default {@code levee:fleet:}.
         *
         * @param keys the beginning
         * @return this
         */
        public Builder prefix(String keys) {
            prefix = Objects.requireNonNull(keys, "keys");
            return this;
        }

        /**
         * Sets for how long a share is granted: how long a process that has died keeps its share from the others, and after
         * how long one that cannot reach Redis goes over to its local share. Default 3 s.
         *
         * @param time 100 ms to 1 hour
         * @return this
         * @throws IllegalArgumentException if the time is out of range
         */
        public Builder lease(Duration time) {
            if (time.compareTo(Duration.ofMillis(100)) < 0 || time.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("lease must be from 100 ms to 1 hour, is " + time);
            }
            leaseNanos = time.toNanos();
            return this;
        }

        /**
         * Sets how often shares are renewed: how fast they follow demand, and how long one that joins a fleet that uses its
         * whole rate waits for a share. Each renewal is one script in Redis, of a few microseconds for each process. Default
         * 250 ms.
         *
         * @param time 10 ms or more, at most a third of the lease
         * @return this
         * @throws IllegalArgumentException if the time is too short
         */
        public Builder renewEvery(Duration time) {
            if (time.compareTo(Duration.ofMillis(10)) < 0) {
                throw new IllegalArgumentException("renewEvery must be 10 ms or more, is " + time);
            }
            renewNanos = time.toNanos();
            return this;
        }

        /**
         * Starts the thread that renews.
         *
         * @return a fleet that shares nothing yet
         * @throws IllegalArgumentException if less than three renewals fit into a lease
         */
        public Fleet build() {
            if (renewNanos > leaseNanos / RENEWALS_IN_A_LEASE) {
                throw new IllegalArgumentException("renewEvery (" + Duration.ofNanos(renewNanos)
                        + ") must be at most a third of the lease (" + Duration.ofNanos(leaseNanos) + ")");
            }
            return new Fleet(this);
        }
    }
}
