package io.levee.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levee.idempotency.IdempotencyStore.Wish;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

class RedisStoreTest extends StoreContract {
    @TempDir
    static Path directory;

    private static RedisServer server;
    private static RedisClient one;
    private static RedisClient two;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(RedisServer.isInstalled(), "SKIPPED: needs the Debian package redis-server");
        server = RedisServer.start(directory);
        one = server.client();
        two = server.client();
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
        server.start();

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
