package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportTextTest {
    @Test
    void isATableWithARowForEachFigureAndTheSentences() {
        DemoReport report = Reports.of(Reports.naive(null, 355, 12), Reports.levee(0.8, 500, 90), 1.5);

        // The formatter moves a first line that begins with spaces.
        assertThat(ReportText.of(report).stripLeading()).isEqualTo("""
                        naive               levee
                        calls                                                    1,200               1,200
                        success                                                 51.0 %              57.5 %
                        degraded (answered by the fallback)                      0.0 %              41.7 %
                        failed                                                  49.0 %               0.8 %
                        attempts that reached inventory                          3,000               1,080
                        amplification (attempts / calls)                          2.50                0.90
                        peak load on inventory (attempts/s)                        480                 141
                        p50 of all calls (ms)                                    512.3                27.5
                        p99 of all calls (ms)                                   1605.4               612.0
                        time to recover after the last fault (s)       not in this run                 0.8

                        success by phase, and degraded where there was any
                          healthy        0.0 to   5.0 s                        100.0 %             100.0 %
                          slow           5.0 to  10.0 s                          2.0 %     15.0 % + 83.3 %

                        Of the same 1,200 calls the naive loop made 3,000 attempts and Levee 1,080; at its worst inventory
                        got 480 a second from the naive loop and 141 from Levee, and healthy it can do 160.
                        With inventory's answer ended 51.0 % of the naive loop's calls and 57.5 % of Levee's (another
                        41.7 % were answered by its fallback, without inventory).
                        The naive loop had not recovered when the run ended, 6.0 s after the last fault: it was still
                        sending 355 attempts a second to a service that can do 160, with 97 requests in the queue. Levee
                        was well again 0.8 s after the last fault had ended.
                        """);
    }

    @Test
    void saysNothingThatWasNotSeen() {
        String text = String.join(
                " ", ReportText.sentences(Reports.of(Reports.naive(1.4, 118, 80), Reports.levee(0.4, 0, 90), 1.5)));

        assertThat(text)
                .contains("The naive loop was well again 1.4 s after the last fault had ended.")
                .doesNotContain("fallback")
                .doesNotContain("still")
                .doesNotContain("did better")
                .doesNotContain("Mind");
    }

    @Test
    void aSideThatIsIllWithoutAStormIsNotBlamedForOne() {
        assertThat(ReportText.sentences(Reports.of(Reports.naive(null, 118, 80), Reports.levee(null, 0, 90), 1.5)))
                .contains("The naive loop had not recovered when the run ended, 6.0 s after the last fault."
                        + " Levee had not recovered when the run ended, 6.0 s after the last fault.");
    }

    @Test
    void tellsWhereTheNaiveLoopDidBetter() {
        assertThat(ReportText.sentences(Reports.of(Reports.naive(1.0, 118, 300), Reports.levee(0.4, 0, 90), 1.5)))
                .contains("The naive loop did better from 5.0 to 10.0 s (slow: 50.0 % against 15.0 %).");
    }

    @Test
    void tellsWhenTheMachineWasTooBusyToMeasureOn() {
        assertThat(ReportText.sentences(Reports.of(Reports.naive(1.0, 118, 80), Reports.levee(0.4, 0, 90), 93)))
                .last()
                .asString()
                .startsWith("Mind: the machine was busy (1 % of the calls were sent more than 93 ms late)");
    }
}
