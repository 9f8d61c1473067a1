package io.levee.guard.server;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event.Side;
import java.util.List;

/**
 * One release for each answer of the gate, beside a stable one. Of 10,410 events staging may cost 2.082 and a canary 0.5205, and 10
 * of a release are enough.
 */
final class Scenes {
    /** Environment, release, the answer, and its exit code. */
    record Scene(Environment environment, String release, String answer, int exitCode) {}

    static final List<Scene> ALL = List.of(
            new Scene(Environment.STAGING, "passes", "pass", 0),
            new Scene(Environment.STAGING, "pauses", "pause", 10),
            new Scene(Environment.CANARY, "aborts", "abort", 20),
            new Scene(Environment.PRODUCTION, "reports", "report", 30),
            new Scene(Environment.CANARY, "holds", "hold", 40));

    private Scenes() {}

    static void feed(TestGuard guard) {
        guard.feed(10_000, 0, Environment.PRODUCTION, "stable", Side.STABLE);
        guard.feed(100, 0, Environment.STAGING, "passes", null);
        guard.feed(100, 5, Environment.STAGING, "pauses", null);
        guard.feed(100, 5, Environment.CANARY, "aborts", Side.CANARY);
        guard.feed(105, 5, Environment.PRODUCTION, "reports", Side.CANARY);
        guard.feed(5, 0, Environment.CANARY, "holds", Side.CANARY);
    }
}
