package io.levee.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.Backoff;
import io.levee.Explanation;
import io.levee.GrpcStatus;
import io.levee.Levee;
import io.levee.Outcome;
import io.levee.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrpcServiceConfigTest {
    private static final String JSON = """
            {
            \t"loadBalancingConfig": [{"round_robin": {}}],
            \t"methodConfig": [{
            \t\t"name": [{"service": "inventory.Stock", "method": "Get"}, {"service": "inventory.Prices"}],
            \t\t"timeout": "3s",
            \t\t"waitForReady": true,
            \t\t"retryPolicy": {
            \t\t\t"maxAttempts": 4,
            \t\t\t"initialBackoff": "0.1s",
            \t\t\t"maxBackoff": "1s",
            \t\t\t"backoffMultiplier": 3,
            \t\t\t"retryableStatusCodes": ["UNAVAILABLE", "aborted", 8]
            \t\t}
            \t}, {"name": [{}]}],
            \t"retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1}
            }
            """;

    private static Verdict.Kind verdict(Levee levee, GrpcStatus status) {
        Outcome outcome = Outcome.value(null).withGrpcStatus(status);
        return levee.explain(outcome, levee.settings().idempotent(), 0, Duration.ZERO)
                .verdict();
    }

    @Test
    void aRetryPolicyIsReadAsGrpcMeansIt() {
        try (Levee levee = GrpcServiceConfig.parse("s.json", JSON)
                .builder("inventory", "inventory.Stock/Get")
                .build()) {
            Backoff backoff = (Backoff) levee.settings().retry();
            assertThat(backoff.attempts()).isEqualTo(4);
            long[][] millis = {{80, 120}, {240, 360}, {720, 1080}};
            for (int retry = 1; retry <= 3; retry++) {
                assertThat(backoff.shortestDelayNanos(retry)).isEqualTo(millis[retry - 1][0] * 1_000_000);
                assertThat(backoff.longestDelayNanos(retry)).isEqualTo(millis[retry - 1][1] * 1_000_000);
            }
            assertThat(levee.settings().deadline()).isEqualTo(Duration.ofSeconds(3));
            assertThat(levee.settings().idempotent()).isTrue();
            assertThat(levee.state().retryBudgetLeft()).isEqualTo(5);
            for (GrpcStatus status : GrpcStatus.values()) {
                boolean retried = List.of(GrpcStatus.UNAVAILABLE, GrpcStatus.ABORTED, GrpcStatus.RESOURCE_EXHAUSTED)
                        .contains(status);
                assertThat(verdict(levee, status) == Verdict.Kind.RETRYABLE)
                        .as(status.name())
                        .isEqualTo(retried);
            }
        }
    }

    @Test
    void anUntrustedCertificateStaysFinal() {
        try (Levee levee = GrpcServiceConfig.parse("s.json", JSON)
                .builder("inventory", "inventory.Stock/Get")
                .build()) {
            Explanation told = levee.explain(
                    Outcome.failure(new RuntimeException(new java.security.cert.CertificateException("unknown")))
                            .withGrpcStatus(GrpcStatus.UNAVAILABLE),
                    true,
                    0,
                    Duration.ZERO);
            assertThat(told.rule()).isEqualTo("certificate");
        }
    }

    @Test
    void theExactEntryWinsOverTheServicesAndThatOverTheDefault() {
        GrpcServiceConfig config = GrpcServiceConfig.parse("s.json", JSON);
        assertThat(attempts(config, "inventory.Stock/Get")).isEqualTo(4);
        assertThat(attempts(config, "inventory.Prices/List")).isEqualTo(4);
        assertThat(attempts(config, "inventory.Stock/Put")).isEqualTo(1);
        assertThatThrownBy(() -> GrpcServiceConfig.of("s", Map.of("methodConfig", List.of()))
                        .builder("inventory", "a.B/C"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a.B/C");
    }

    private static int attempts(GrpcServiceConfig config, String method) {
        try (Levee levee = config.builder("inventory", method).build()) {
            return ((Backoff) levee.settings().retry()).attempts();
        }
    }

    @Test
    void moreThanFiveAttemptsAreFive() {
        Map<String, Object> policy = Map.of(
                "maxAttempts",
                9.0,
                "initialBackoff",
                "0.000001s",
                "maxBackoff",
                "1s",
                "backoffMultiplier",
                2.0,
                "retryableStatusCodes",
                List.of("UNAVAILABLE"));
        GrpcServiceConfig config = GrpcServiceConfig.of(
                "map", Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy", policy))));
        assertThat(attempts(config, "a.B/C")).isEqualTo(5);
    }

    @Test
    void everythingThatIsWrongIsToldWithItsPath() {
        String json = """
                {"methodConfig": [{
                  "name": [{"method": "Get"}],
                  "hedgingPolicy": {},
                  "retryPolicy": {
                    "maxAttempts": 1,
                    "initialBackoff": "100ms",
                    "backoffMultiplier": 0.5,
                    "retryableStatusCodes": ["BUSY"]
                  }
                }], "retryThrottling": {"maxTokens": -1, "tokenRatio": 0.1}}
                """;
        assertThatThrownBy(() -> GrpcServiceConfig.parse("s.json", json))
                .isInstanceOfSatisfying(
                        PolicyFileException.class,
                        wrong -> assertThat(wrong.problems())
                                .extracting(problem -> problem.line() + " " + problem.path())
                                .containsExactlyInAnyOrder(
                                        "2 methodConfig[0].name[0]",
                                        "3 methodConfig[0].hedgingPolicy",
                                        "5 methodConfig[0].retryPolicy.maxAttempts",
                                        "6 methodConfig[0].retryPolicy.initialBackoff",
                                        "4 methodConfig[0].retryPolicy.maxBackoff",
                                        "7 methodConfig[0].retryPolicy.backoffMultiplier",
                                        "8 methodConfig[0].retryPolicy.retryableStatusCodes[0]",
                                        "10 retryThrottling.maxTokens"));
    }

    @Test
    void whatIsNoJsonIsToldToo() {
        for (String text : List.of("", "[]", "{\"methodConfig\": [", "{}", "{\"methodConfig\": 3}")) {
            assertThatThrownBy(() -> GrpcServiceConfig.parse("s.json", text))
                    .as(text)
                    .isInstanceOf(PolicyFileException.class)
                    .hasMessageStartingWith("s.json:");
        }
    }
}
