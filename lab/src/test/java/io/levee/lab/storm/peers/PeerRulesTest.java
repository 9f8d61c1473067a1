package io.levee.lab.storm.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The peers' rules, as their documentation has them. */
class PeerRulesTest {
    private static final long MILLIS = PeerRules.MILLIS;
    private static final long SECOND = PeerRules.SECOND;

    private static void fail(PeerRules rules, int times, long nowNanos) {
        for (int i = 0; i < times; i++) {
            rules.attemptEnded(false, 503, MILLIS, nowNanos);
        }
    }

    @Test
    void fixedPauses() {
        PeerRules rules = Peer.RESILIENCE4J.newRules(() -> 0.5);

        assertThat(rules.pauseBeforeRetry(1, 503, 0)).isEqualTo(500 * MILLIS);
        assertThat(rules.pauseBeforeRetry(2, 503, 0)).isEqualTo(500 * MILLIS);
        assertThat(rules.pauseBeforeRetry(3, 503, 0)).isEqualTo(PeerRules.STOP);
        assertThat(Peer.FAILSAFE.newRules(() -> 0.5).pauseBeforeRetry(1, 503, 0))
                .isZero();
    }

    @Test
    void resilience4jOpensAtHalfOfAHundredAndTriesTenAfterAMinute() {
        PeerRules rules = Peer.RESILIENCE4J_BREAKER.newRules(() -> 0.5);
        for (int i = 0; i < 50; i++) {
            rules.attemptEnded(true, 200, MILLIS, 0);
        }
        fail(rules, 49, 0);
        assertThat(rules.admits(0)).isTrue();

        fail(rules, 1, 0);

        assertThat(rules.admits(0)).isFalse();
        assertThat(rules.admits(60 * SECOND - 1)).isFalse();
        for (int i = 0; i < 10; i++) {
            assertThat(rules.admits(60 * SECOND)).isTrue();
        }
        assertThat(rules.admits(60 * SECOND)).isFalse();
        fail(rules, 10, 60 * SECOND);
        assertThat(rules.admits(119 * SECOND)).isFalse();
        for (int i = 0; i < 10; i++) {
            assertThat(rules.admits(120 * SECOND)).isTrue();
            rules.attemptEnded(true, 200, MILLIS, 120 * SECOND);
        }
        assertThat(rules.admits(120 * SECOND)).isTrue();
    }

    @Test
    void failsafeOpensAtOneFailureForAMinute() {
        PeerRules rules = Peer.FAILSAFE_BREAKER.newRules(() -> 0.5);
        assertThat(rules.admits(0)).isTrue();
        fail(rules, 1, 0);
        assertThat(rules.admits(59 * SECOND)).isFalse();
        assertThat(rules.admits(60 * SECOND)).isTrue();
        assertThat(rules.admits(60 * SECOND)).isFalse();
        rules.attemptEnded(true, 200, MILLIS, 60 * SECOND);
        assertThat(rules.admits(60 * SECOND)).isTrue();
    }

    @Test
    void awsSpendsAHundredRetriesAndEarnsThemBack() {
        PeerRules rules = Peer.AWS_STANDARD.newRules(() -> 0.5);
        assertThat(rules.pauseBeforeRetry(1, 503, 0)).isEqualTo(50 * MILLIS);
        assertThat(rules.pauseBeforeRetry(2, 503, 0)).isEqualTo(100 * MILLIS);
        assertThat(rules.pauseBeforeRetry(1, 429, 0)).isEqualTo(500 * MILLIS);
        assertThat(rules.pauseBeforeRetry(3, 503, 0)).isEqualTo(PeerRules.STOP);
        for (int i = 3; i < 100; i++) {
            assertThat(rules.pauseBeforeRetry(1, 503, 0)).isPositive();
        }
        assertThat(rules.pauseBeforeRetry(1, 503, 0)).isEqualTo(PeerRules.STOP);
        rules.callSucceeded(2);
        assertThat(rules.pauseBeforeRetry(1, 503, 0)).isPositive();
        for (int i = 0; i < 4; i++) {
            rules.callSucceeded(1);
        }
        assertThat(rules.pauseBeforeRetry(1, 503, 0)).isEqualTo(PeerRules.STOP);
    }

    @Test
    void grpcRetriesOnlyWhileMoreThanHalfOfTheTokensAreThere() {
        PeerRules rules = Peer.GRPC.newRules(() -> 0.5);
        fail(rules, 4, 0);
        assertThat(rules.pauseBeforeRetry(1, 503, 0)).isEqualTo(100 * MILLIS);
        fail(rules, 1, 0);
        assertThat(rules.pauseBeforeRetry(1, 503, 0)).isEqualTo(PeerRules.STOP);
        rules.attemptEnded(true, 200, MILLIS, 0);
        assertThat(rules.pauseBeforeRetry(1, 503, 0)).isPositive();
    }

    @Test
    void finagleAllowsAFifthAndAReserve() {
        PeerRules rules = Peer.FINAGLE.newRules(() -> 0.5);
        int retries = 0;
        for (int second = 0; second < 100; second++) {
            for (int call = 0; call < 100; call++) {
                rules.callBegins(second * SECOND);
                if (rules.pauseBeforeRetry(1, 503, second * SECOND) >= 0) {
                    retries++;
                }
            }
        }
        // 20 of 100 calls and 10 in each of the hundred seconds.
        assertThat(retries).isBetween(2_900, 3_150);
    }
}
