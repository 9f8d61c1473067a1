package io.levee.guard.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.test.VirtualTime;
import io.levee.traffic.TrafficWeights;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How long signals hold, in virtual time. */
class BoardTest {
    private final VirtualTime time = VirtualTime.manual();
    private final Board board = new Board(time);

    private static Signal weights(String name, int primary, int replica, Duration left) {
        return new Signal(name, "weights", Map.of("primary", primary, "replica", replica), left, "burns");
    }

    @Test
    void noSignalOutlivesItsTime() {
        TrafficWeights reads = TrafficWeights.of("primary", 100, "replica", 0);
        board.bind("reads", new Binding.Weights(reads));
        board.set(
                List.of(weights("reads", 0, 1, Duration.ofSeconds(10)), weights("other", 0, 1, Duration.ofSeconds(5))));
        time.advance(Duration.ofSeconds(5));
        assertThat(board.all()).extracting(Signal::name).containsExactly("reads");
        time.advance(Duration.ofMillis(4_999));
        assertThat(reads.snapshot()).containsEntry("replica", 1);
        time.advance(Duration.ofMillis(1));
        assertThat(board.get("reads")).isNull();
        assertThat(reads.snapshot()).isEqualTo(Map.of("primary", 100, "replica", 0));
    }

    @Test
    void aLaterMessageMovesTheEndAndTheValueAndTheFirstValueComesBack() {
        TrafficWeights reads = TrafficWeights.of("primary", 100, "replica", 0);
        board.bind("reads", new Binding.Weights(reads));
        board.set(List.of(weights("reads", 1, 1, Duration.ofSeconds(10))));
        time.advance(Duration.ofSeconds(9));
        board.set(List.of(weights("reads", 0, 1, Duration.ofSeconds(10))));
        time.advance(Duration.ofSeconds(9));
        assertThat(reads.snapshot()).isEqualTo(Map.of("primary", 0, "replica", 1));
        time.advance(Duration.ofSeconds(1));
        assertThat(reads.snapshot()).isEqualTo(Map.of("primary", 100, "replica", 0));
    }

    @Test
    void whatIsBoundLateFollowsAtOnceAndWhatCameTooLateHoldsNever() {
        board.set(
                List.of(weights("reads", 0, 1, Duration.ofSeconds(10)), weights("late", 0, 1, Duration.ofSeconds(-1))));
        TrafficWeights reads = TrafficWeights.of("primary", 100, "replica", 0);
        TrafficWeights late = TrafficWeights.of("primary", 100, "replica", 0);
        board.bind("reads", new Binding.Weights(reads));
        board.bind("late", new Binding.Weights(late));
        assertThat(reads.snapshot()).containsEntry("replica", 1);
        assertThat(late.snapshot()).containsEntry("replica", 0);
    }

    @Test
    void whatIsNoMessageIsRefused() {
        for (String text : List.of("", "{", "[]", "{\"signals\":[]}", "{\"at\":\"x\",\"signals\":[]}")) {
            assertThatThrownBy(() -> Message.read(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
