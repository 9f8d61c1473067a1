package io.levee.lab.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.config.LeveeConfig;
import io.levee.lab.storm.Scenario;
import io.levee.lab.storm.ScenarioFile;
import io.levee.lab.storm.Storm;
import io.levee.lab.storm.StormClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TunerTest {
    private static final Scenario ERRORS = ScenarioFile.parse(
            "s.yaml",
            "version: 1\nname: errors\nlength: 20s\nload: {perSecond: 100}\n"
                    + "services: [{name: s, workers: 24, queue: 100, time: {lognormal: 20ms}}]\n"
                    + "faults: [{kind: errors, from: 0s, to: 20s, share: 0.4}]\nmeasure: {from: 2s, to: 20s}\n",
            Path.of("."));

    private static final Tuning TUNING = tune(1, 24);

    private static Tuning tune(long seed, int trials) {
        return Tuner.run(ERRORS, seed, 1.8, trials, () -> false, share -> {});
    }

    @Test
    void theSameSeedFindsTheSame() {
        assertThat(TuneText.of(tune(1, 24))).isEqualTo(TuneText.of(TUNING));
        assertThat(TuneJson.of(tune(1, 24)).toString())
                .isEqualTo(TuneJson.of(TUNING).toString());
        assertThat(tune(2, 24).trials().get(1).settings())
                .isNotEqualTo(TUNING.trials().get(1).settings());
    }

    @Test
    void whatIsWrittenDoesWhatWasMeasured() {
        LeveeConfig written = LeveeConfig.parse(
                "f.yaml", PolicyText.of("s", List.of("x\ny"), TUNING.best().settings()));
        var again =
                Storm.run(ERRORS, List.of(StormClient.ofLevee("again", storm -> written.builder("s"))), 1, share -> {});
        assertThat(again.clients().get(0).succeeded())
                .isEqualTo(TUNING.best().result().succeeded());
        assertThat(again.clients().get(0).attempts())
                .isEqualTo(TUNING.best().result().attempts());
    }

    @Test
    void moreAttemptsWithinTheBoundServeMoreCallsThanTheDefaults() {
        Trial defaults = TUNING.trials().get(0);
        assertThat(TUNING.withinBound()).isTrue();
        assertThat(TUNING.complete()).isTrue();
        assertThat(TUNING.best().result().amplification()).isLessThanOrEqualTo(1.8);
        assertThat(TUNING.best().result().successRate())
                .isGreaterThan(defaults.result().successRate());
    }

    @Test
    void nothingThatWasTriedBeatsTheFront() {
        assertThat(TUNING.trials()).hasSize(24);
        assertThat(TUNING.front()).isNotEmpty().contains(TUNING.best());
        for (Trial trial : TUNING.trials()) {
            assertThat(TUNING.front()).noneMatch(trial::beats);
            assertThat(TUNING.front().contains(trial)
                            || TUNING.front().stream()
                                    .anyMatch(each -> each.beats(trial)
                                            || each.result().successRate()
                                                    == trial.result().successRate()))
                    .isTrue();
        }
    }

    @Test
    void whatRefusesCallsForEverIsNotOnTheFront() {
        Scenario brownout = ScenarioFile.parse(
                "s.yaml",
                "version: 1\nname: brownout\nlength: 20s\nload: {perSecond: 1000}\n"
                        + "services: [{name: s, workers: 24, queue: 1000, time: {lognormal: 20ms}}]\n"
                        + "faults: [{kind: slow, from: 3s, to: 8s, factor: 4}]\nmeasure: {from: 3s, to: 8s}\n",
                Path.of("."));
        Tuning tuning = Tuner.run(brownout, 1, 1.25, 12, () -> false, share -> {});
        // A bulkhead of 16 serves 800 of the 1,000 calls a second, whatever the time of day.
        assertThat(tuning.trials()).anyMatch(trial -> trial.result().recoverySeconds() == null);
        assertThat(tuning.front()).allMatch(trial -> trial.result().recoverySeconds() != null);
    }

    @Test
    void timeThatIsUpEndsTheSearchAndIsTold() {
        int[] asked = {0};
        Tuning tuning = Tuner.run(ERRORS, 1, 1.4, 100, () -> ++asked[0] > 3, share -> {});
        assertThat(tuning.trials()).hasSize(4);
        assertThat(tuning.complete()).isFalse();
        assertThat(TuneText.of(tuning)).contains("time was up");
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        assertThatThrownBy(() -> Tuner.run(ERRORS, 1, 0.9, 10, () -> false, share -> {}))
                .hasMessage("amplification must be from 1 to 100, is 0.9");
        assertThatThrownBy(() -> Tuner.run(ERRORS, 1, 2, 1, () -> false, share -> {}))
                .hasMessage("trials must be from 2 to 10000, is 1");
    }

    /** Every point of the space is a policy that the parser takes. */
    @Test
    void everyCandidateIsAPolicyFile() {
        Random random = new Random(7);
        List<Knobs> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(i % 2 == 0 ? Knobs.drawn(random) : all.get(i - 1).changed(random));
        }
        for (Knobs knobs : all) {
            LeveeConfig.parse("f.yaml", PolicyText.of("true", List.of(), knobs.settings(3_000)))
                    .builder("true")
                    .build()
                    .close();
        }
        assertThat(LeveeConfig.parse("f.yaml", PolicyText.of("a'b: c", List.of(), List.of()))
                        .names())
                .containsExactly("a'b: c");
    }
}
