package io.levee.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.servers.Redis;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** The script by itself, in a real Redis: whatever members ask for in whatever order, what they hold stays within the rate. */
class ShareScriptTest {
    private static final double RATE = 1000;
    private static final String KEY = "levee:fleet:{x}";

    private static String script() throws Exception {
        try (InputStream in = Fleet.class.getResourceAsStream("share.lua")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Grant ask(RedisClient redis, String member, double held, double want) throws Exception {
        return Grant.of(redis.eval(
                script(),
                List.of(KEY),
                List.of(member, Double.toString(RATE), "60000", Double.toString(held), Double.toString(want))));
    }

    /** As if the hash were older than any share that may be held. */
    private static void settle(RedisClient redis) {
        redis.hset(KEY, "!since", "1");
    }

    @Test
    void whatMembersHoldTogetherStaysWithinTheRate() throws Exception {
        try (Redis server = Redis.start();
                RedisClient redis = RedisClient.create(server.uri())) {
            settle(redis);
            Random random = new Random(7);
            Map<String, Double> held = new HashMap<>();
            int answersLost = 0;
            for (int step = 0; step < 2_000; step++) {
                String member = "m" + random.nextInt(8);
                double want = random.nextInt(4) == 0 ? -1 : random.nextDouble() * RATE * 1.2;
                Grant grant = ask(redis, member, held.getOrDefault(member, 0.0), want);
                if (random.nextInt(10) == 0) {
                    answersLost++;
                } else {
                    held.put(member, grant.share());
                }
                assertThat(held.values().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum())
                        .as("held after step %d, %d answers lost", step, answersLost)
                        .isLessThanOrEqualTo(RATE * (1 + 1e-9));
            }
        }
    }

    @Test
    void whatNobodyWantsGoesToAllButForOnePartForWhoJoins() throws Exception {
        try (Redis server = Redis.start();
                RedisClient redis = RedisClient.create(server.uri())) {
            settle(redis);
            double first = 0;
            double second = 0;
            for (int round = 0; round < 4; round++) {
                first = ask(redis, "a", first, 100).share();
                second = ask(redis, "b", second, 300).share();
            }
            assertThat(first).isEqualTo(300);
            assertThat(second).isEqualTo(500);
            assertThat(ask(redis, "c", 0, -1).share()).isEqualTo(200);
        }
    }

    @Test
    void whoWantsLessThanAnEqualPartGetsItAndTheOthersTheRest() throws Exception {
        try (Redis server = Redis.start();
                RedisClient redis = RedisClient.create(server.uri())) {
            settle(redis);
            double[] held = new double[3];
            double[] wants = {100, 2_000, -1};
            for (int round = 0; round < 6; round++) {
                for (int i = 0; i < 3; i++) {
                    held[i] = ask(redis, "m" + i, held[i], wants[i]).share();
                }
            }
            assertThat(held).containsExactly(100, 450, 450);
        }
    }

    @Test
    void aNewHashLeavesAllWhatTheyHold() throws Exception {
        try (Redis server = Redis.start();
                RedisClient redis = RedisClient.create(server.uri())) {
            assertThat(ask(redis, "a", 700, -1).share()).isEqualTo(700);
            assertThat(ask(redis, "b", 300, -1).share()).isEqualTo(300);
            assertThat(ask(redis, "c", 0, -1).share()).isZero();
        }
    }
}
