package io.levee.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.idempotency.IdempotencyStore.Wish;
import io.levee.servers.Redis;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

class RedisStoreTest extends StoreContract {
    private static Redis server;
    private static RedisClient one;
    private static RedisClient two;

    @BeforeAll
    static void start() throws IOException {
        // Writes every step to its file before it answers.
        server = Redis.start("--appendonly", "yes", "--appendfsync", "always");
        one = client();
        two = client();
    }

    private static RedisClient client() {
        return RedisClient.builder().hostAndPort("127.0.0.1", server.port()).build();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            one.close();
            two.close();
            server.close();
        }
    }

    @Override
    IdempotencyStore store() {
        return new RedisStore(one::eval);
    }

    @Override
    IdempotencyStore another() {
        return new RedisStore(two::eval);
    }

    @Test
    void anAnswerOutlivesAKilledRedis() throws IOException {
        String id = "a".repeat(64);
        StoredResponse answer = StoredResponse.of(200, "text/plain", "done");
        Wish wish = new Wish(id, "f".repeat(64), Duration.ofHours(1), Duration.ofHours(1), 0);
        Claim.Granted mine = (Claim.Granted) store().claim(wish);
        store().finish(id, mine.fence(), answer, Duration.ofHours(1));

        server.kill();
        assertThatThrownBy(() -> store().look(id)).isInstanceOf(StoreException.class);
        server.startAgain();

        assertThat(Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .ignoreExceptions()
                        .until(() -> store().claim(wish), Claim.Finished.class::isInstance))
                .isEqualTo(new Claim.Finished(answer));
    }

    @Test
    void anEvalForStringsIsNamed() {
        RedisStore strings = new RedisStore((script, keys, arguments) -> List.of("granted", "1", "0"));
        assertThatThrownBy(() -> strings.look("a"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("for bytes");
    }
}
