package io.levee.guard.views;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.yaml.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for figures, and who gets those that were there before. */
class BoardTest {
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:30Z");

    private final Guard guard = new Guard(NOON, ViewSettings.DEFAULT, Documents.plain("shop", "shop", "0.99"));

    @AfterEach
    void close() {
        guard.close();
    }

    private Board board(ViewSettings settings) {
        return new Board(() -> guard.catalog, guard.store, guard::now, settings);
    }

    private static long total(Board.Snapshot snapshot) {
        return (long) snapshot.entries().get("shop").map().get("total");
    }

    @Test
    void whatComesAfterTheBeginningIsInTheFirstAnswer() {
        Board board = board(ViewSettings.DEFAULT);
        guard.minute("shop", NOON, 5, 0, 0).flush();
        board.begin();
        guard.minute("shop", NOON, 1, 0, 0).flush();
        assertThat(total(board.now())).isEqualTo(6);
    }

    @Test
    void whoAsksDuringARenewalGetsWhatWasThereBefore() throws Exception {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch goOn = new CountDownLatch(1);
        Board board = board(new ViewSettings(null, () -> slowly(begun, goOn), false));
        board.now();
        guard.now(NOON.plusSeconds(10).toString());
        guard.minute("shop", NOON, 5, 0, 0).flush();
        CompletableFuture<Board.Snapshot> renewal = CompletableFuture.supplyAsync(board::renew);
        assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(board.now().at()).isEqualTo(NOON);
        assertThat(total(board.now())).isZero();
        goOn.countDown();
        assertThat(total(renewal.get(1, TimeUnit.MINUTES))).isEqualTo(5);
        assertThat(Duration.between(NOON, board.now().at())).hasSeconds(10);
    }

    /** The second one to ask waits. */
    private static List<Problem> slowly(CountDownLatch begun, CountDownLatch goOn) {
        begun.countDown();
        try {
            if (begun.getCount() == 0 && !goOn.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("nobody let it go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.of();
    }
}
