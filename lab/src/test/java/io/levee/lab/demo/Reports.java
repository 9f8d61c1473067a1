package io.levee.lab.demo;

import io.levee.lab.demo.DemoReport.PhaseResult;
import io.levee.lab.demo.DemoReport.Run;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reports with invented figures. */
final class Reports {
    static final List<DemoReport.Phase> PHASES =
            List.of(new DemoReport.Phase("healthy", 0, 5), new DemoReport.Phase("slow", 5, 10));

    private Reports() {}

    static DemoReport of(Run naive, Run levee, double lateMs) {
        return new DemoReport(List.of(naive, levee), 11, 1, 10, 160, 6, lateMs, PHASES);
    }

    static Run naive(@Nullable Double recovery, int endAttempts, int slowSucceeded) {
        return new Run(
                "naive",
                1_200,
                600 + slowSucceeded,
                0,
                600 - slowSucceeded,
                3_000,
                2.5,
                480,
                512.25,
                1_605.4,
                recovery,
                endAttempts,
                97,
                List.of(
                        new PhaseResult("healthy", 600, 600, 0, 600),
                        new PhaseResult("slow", 600, slowSucceeded, 0, 2_400)));
    }

    static Run levee(@Nullable Double recovery, int degraded, int slowSucceeded) {
        return new Run(
                "levee",
                1_200,
                600 + slowSucceeded,
                degraded,
                600 - slowSucceeded - degraded,
                1_080,
                0.9,
                141,
                27.5,
                612.0,
                recovery,
                120,
                0,
                List.of(
                        new PhaseResult("healthy", 600, 600, 0, 600),
                        new PhaseResult("slow", 600, slowSucceeded, degraded, 480)));
    }
}
