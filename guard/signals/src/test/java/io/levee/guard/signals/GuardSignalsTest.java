package io.levee.guard.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.levee.Breaker;
import io.levee.Call;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.guard.signals.GuardSignals.Link;
import io.levee.traffic.TrafficWeights;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signals over real connections. */
class GuardSignalsTest {
    private FakeGuard guard;

    @BeforeEach
    void start() throws IOException {
        guard = new FakeGuard(0);
    }

    @AfterEach
    void stop() {
        guard.close();
    }

    @Test
    void everyKindIsFollowedAndTakenBack() throws Exception {
        TrafficWeights reads = TrafficWeights.of("primary", 100, "replica", 0);
        try (Levee levee = Levee.named("inventory")
                        .breaker(Breaker.consecutiveFailures(3))
                        .limiter(Limiter.perSecond(100).burst(50))
                        .build();
                GuardSignals signals = GuardSignals.connect(guard.uri(), FakeGuard.TOKEN)) {
            Breaker breaker = Objects.requireNonNull(levee.breaker());
            Limiter limiter = Objects.requireNonNull(levee.limiter());
            BooleanSupplier lean = signals.fallback("lean");
            signals.bind("reads", reads).bind("breaker", breaker).bind("rate", limiter);
            guard.say(
                    FakeGuard.signal("lean", "fallback", "true", 60),
                    FakeGuard.signal("reads", "weights", "{\"primary\":4,\"replica\":96}", 60),
                    FakeGuard.signal("breaker", "breaker", "\"open\"", 60),
                    FakeGuard.signal("rate", "limit", "0.2", 60));
            await().until(lean::getAsBoolean);
            await().until(() -> breaker.state() == Breaker.State.FORCED_OPEN);
            assertThat(reads.snapshot()).isEqualTo(Map.of("primary", 4, "replica", 96));
            assertThat(limiter.permitsPerSecond()).isEqualTo(20);
            assertThat(limiter.burst()).isEqualTo(10);
            assertThat(signals.status().link()).isEqualTo(Link.STREAM);
            assertThat(signals.status().signals()).containsOnlyKeys("lean", "reads", "breaker", "rate");
            // What the calls see: their fallback, at once, and the record says degraded.
            var result = levee.execute(Call.<String>named("stock").fallback("unknown"), attempt -> "12");
            assertThat(result.value()).isEqualTo("unknown");
            assertThat(result.degraded()).isTrue();

            guard.say();
            await().until(() -> !lean.getAsBoolean());
            await().until(() -> limiter.permitsPerSecond() == 100);
            assertThat(limiter.burst()).isEqualTo(50);
            assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
            assertThat(reads.snapshot()).isEqualTo(Map.of("primary", 100, "replica", 0));
        }
    }

    @Test
    void withTheGuardGoneSignalsHoldUntilTheirTimeIsOverAndItsReturnIsNoticed() throws Exception {
        TrafficWeights reads = TrafficWeights.of("primary", 100, "replica", 0);
        try (GuardSignals signals = GuardSignals.connect(guard.uri(), FakeGuard.TOKEN)) {
            signals.bind("reads", reads);
            BooleanSupplier lean = signals.fallback("lean");
            BooleanSupplier brief = signals.fallback("brief");
            guard.say(
                    FakeGuard.signal("lean", "fallback", "true", 600),
                    FakeGuard.signal("brief", "fallback", "true", 2),
                    FakeGuard.signal("reads", "weights", "{\"primary\":0,\"replica\":1}", 2));
            await().until(lean::getAsBoolean);
            guard.close();
            await().until(() -> signals.status().link() == Link.AWAY);
            await().until(() -> reads.snapshot().get("primary") == 100);
            assertThat(brief.getAsBoolean()).isFalse();
            assertThat(lean.getAsBoolean()).isTrue();
            assertThat(signals.status().problem()).contains("cannot be reached");

            FakeGuard back = new FakeGuard(guard.port());
            try {
                await().atMost(Duration.ofSeconds(60)).until(() -> !lean.getAsBoolean());
                assertThat(signals.status().link()).isNotEqualTo(Link.AWAY);
            } finally {
                back.close();
            }
        }
    }

    @Test
    void whereNoStreamGetsThroughTheGuardIsAsked() throws Exception {
        guard.holdsStreamsBack = true;
        try (GuardSignals signals = GuardSignals.builder(guard.uri(), FakeGuard.TOKEN)
                .poll(Duration.ofMillis(200))
                .connect()) {
            BooleanSupplier lean = signals.fallback("lean");
            await().until(() -> signals.status().link() == Link.POLLING);
            guard.say(FakeGuard.signal("lean", "fallback", "true", 600));
            await().until(lean::getAsBoolean);
            assertThat(guard.streams).hasValue(1);
        }
    }

    @Test
    void aTokenThatIsRefusedIsSaid() {
        try (GuardSignals signals = GuardSignals.connect(guard.uri(), "wrong")) {
            await().until(() -> String.valueOf(signals.status().problem()).contains("answered 401"));
            assertThat(signals.fallback("lean").getAsBoolean()).isFalse();
        }
    }

    @Test
    void whatSomebodyChangedByHandIsLeftAndClosingTakesTheRestBack() throws Exception {
        TrafficWeights byHand = TrafficWeights.of("a", 1, "b", 0);
        TrafficWeights other = TrafficWeights.of("a", 1, "b", 0);
        GuardSignals signals = GuardSignals.connect(guard.uri(), FakeGuard.TOKEN);
        signals.bind("w", byHand).bind("w", other);
        guard.say(FakeGuard.signal("w", "weights", "{\"a\":0,\"b\":1}", 60));
        await().until(() -> other.snapshot().get("b") == 1 && byHand.snapshot().get("b") == 1);
        byHand.set(Map.of("a", 1, "b", 1));
        signals.close();
        assertThat(byHand.snapshot()).isEqualTo(Map.of("a", 1, "b", 1));
        assertThat(other.snapshot()).isEqualTo(Map.of("a", 1, "b", 0));
    }

    @Test
    void aValueThatDoesNotFitChangesNothingAndIsSaid() throws Exception {
        TrafficWeights reads = TrafficWeights.of("primary", 100, "replica", 0);
        try (GuardSignals signals = GuardSignals.connect(guard.uri(), FakeGuard.TOKEN)) {
            signals.bind("reads", reads);
            guard.say(FakeGuard.signal("reads", "weights", "{\"primary\":0,\"standby\":1}", 60));
            await().until(() -> String.valueOf(signals.status().problem()).contains("standby"));
            assertThat(reads.snapshot()).isEqualTo(Map.of("primary", 100, "replica", 0));
        }
    }

    @Test
    void whatIsNoAddressAndNoTokenIsRefused() {
        assertThatThrownBy(() -> GuardSignals.connect(URI.create("guard:8480"), "t"))
                .hasMessageContaining("http://guard:8480");
        assertThatThrownBy(() -> GuardSignals.connect(URI.create("http://guard:8480"), " "))
                .hasMessageContaining("token");
    }
}
