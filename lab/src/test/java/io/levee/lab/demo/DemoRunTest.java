package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.levee.lab.demo.DemoReport.PhaseResult;
import io.levee.lab.demo.DemoReport.Run;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The whole demo, briefly, on real sockets. Only what must be true on any machine is asserted: on a busy one the figures
 * are what they are.
 */
class DemoRunTest {
    @Test
    void bothSidesGetTheSameCallsAndEveryCallIsAccountedFor() throws Exception {
        DemoReport report = Demo.run(new DemoOptions(6, 3), ProgressView.none());

        assertThat(report.runs()).extracting(Run::client).containsExactly("naive", "levee");
        int arrivals = Arrivals.poisson(Demo.CALLS_PER_SECOND, 5_000_000_000L, 3).length;
        for (Run run : report.runs()) {
            assertThat(run.calls()).isEqualTo(arrivals);
            assertThat(run.succeeded() + run.degraded() + run.failed()).isEqualTo(arrivals);
            assertThat(run.succeeded()).isPositive();
            assertThat(run.amplification()).isEqualTo(Demo.rounded((double) run.attempts() / run.calls(), 3));
            assertThat((long) run.peakAttemptsPerSecond()).isPositive().isLessThanOrEqualTo(run.attempts());
            assertThat(run.p50Ms()).isPositive().isLessThanOrEqualTo(run.p99Ms());
            assertThat(run.phases())
                    .extracting(PhaseResult::name)
                    .containsExactly("healthy", "47 % errors", "healthy", "down", "healthy", "slow", "healthy");
            assertThat(run.phases().stream().mapToInt(PhaseResult::calls).sum()).isEqualTo(arrivals);
            assertThat(run.phases().stream().mapToInt(PhaseResult::succeeded).sum())
                    .isEqualTo(run.succeeded());
        }
        Run naive = report.runs().get(0);
        Run levee = report.runs().get(1);
        assertThat(naive.degraded()).as("a plain loop has no fallback").isZero();
        assertThat(naive.attempts()).isGreaterThanOrEqualTo(naive.calls() - naive.failed());
        assertThat(levee.attempts()).as("three attempts a call are the most").isLessThanOrEqualTo(3L * levee.calls());
        assertThat(ReportText.of(report)).isNotEmpty();

        noThreadIsLeft();
    }

    @Test
    void anInterruptEndsItAndClosesEverything() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Demo.run(new DemoOptions(6, 3), ProgressView.none()))
                .isInstanceOf(InterruptedException.class);

        assertThat(Thread.interrupted()).as("the flag of a caught interrupt").isFalse();
        noThreadIsLeft();
    }

    private static void noThreadIsLeft() {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(demoThreads()).isEmpty());
    }

    private static List<String> demoThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(Threads.PREFIX))
                .toList();
    }
}
