package io.levee.fleet;

import io.levee.Levee;
import io.levee.Limiter;
import io.levee.TimeSource;
import io.levee.servers.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;

/** One process of a fleet: its own connection, fleet and Levee, and a thread that takes every permit that it gets. */
final class Member implements AutoCloseable {
    static final Duration LEASE = Duration.ofSeconds(1);
    static final Duration RENEWAL = Duration.ofMillis(100);

    final RedisClient redis;
    final Fleet fleet;
    final Levee levee;
    final FleetShare share;
    private final AtomicBoolean greedy = new AtomicBoolean();
    private final List<Long> granted = new ArrayList<>();
    private Thread thread;

    Member(Redis server, int expected, FleetLimits limits) {
        this(server.port(), expected, limits);
    }

    Member(int port, int expected, FleetLimits limits) {
        redis = RedisClient.builder()
                .hostAndPort(new HostAndPort("127.0.0.1", port))
                .clientConfig(DefaultJedisClientConfig.builder()
                        .connectionTimeoutMillis(300)
                        .socketTimeoutMillis(300)
                        .build())
                .build();
        fleet = Fleet.over(redis::eval, expected)
                .lease(LEASE)
                .renewEvery(RENEWAL)
                .build();
        levee = Levee.named("inventory")
                .limiter(fleet.localShare(limits).maxWaiting(0))
                .alsoTell(fleet.usage())
                .build();
        share = fleet.share(levee, limits);
    }

    double rate() {
        return share.snapshot().permitsPerSecond();
    }

    boolean isLeased() {
        return share.snapshot().leased();
    }

    /** Takes every permit that there is from now on. */
    Member begin() {
        greedy.set(true);
        thread = new Thread(this::take, "member");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private void take() {
        Limiter limiter = levee.limiter();
        TimeSource time = TimeSource.system();
        while (greedy.get()) {
            long now = time.nanoTime();
            if (limiter.tryAcquire(now)) {
                granted.add(now);
            } else {
                LockSupport.parkNanos(500_000);
            }
        }
    }

    /** Stops taking; answers the instants of all permits. */
    List<Long> end() throws InterruptedException {
        greedy.set(false);
        thread.join(10_000);
        return granted;
    }

    @Override
    public void close() {
        greedy.set(false);
        fleet.close();
        levee.close();
        redis.close();
    }
}
