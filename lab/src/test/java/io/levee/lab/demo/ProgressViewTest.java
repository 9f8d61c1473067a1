package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressViewTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Script SCRIPT = Script.lasting(29 * SECOND);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private static Frame frame(long elapsedNanos) {
        double[] rates = new double[Frame.SPARK_COLUMNS];
        rates[Frame.SPARK_COLUMNS - 1] = 360;
        return new Frame(
                elapsedNanos,
                SCRIPT,
                List.of(
                        new Frame.Side("naive", rates, 360, 120, 120, 0, 100, StockClient.Guard.NONE),
                        new Frame.Side("levee", rates, 132, 120, 120, 119, 3, new StockClient.Guard("half open", 42))));
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String withoutControl(String text) {
        return text.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").replace("\r", "");
    }

    @Test
    void theLivePictureShowsBothSides() {
        try (ProgressView view = ProgressView.live(out, true)) {
            view.show(frame(12 * SECOND));
        }

        assertThat(withoutControl(written()))
                .contains("12.0 of 29.0 s")
                .contains("inventory: down, in 3 s: healthy")
                .contains("█  360 attempts/s on inventory")
                .contains("calls  120/s   success   0 %   amplification  3.00   queue 100")
                .contains("breaker none       retry budget none")
                .contains("success  99 %   amplification  1.10   queue   3")
                .contains("breaker half open  retry budget 42 left");
    }

    @Test
    void thePictureIsRedrawnInPlaceAndFits() {
        try (ProgressView view = ProgressView.live(out, true)) {
            view.show(frame(-1));
            int lines = (int) withoutControl(written()).lines().count();
            bytes.reset();
            view.show(frame(28 * SECOND));

            assertThat(written()).startsWith("\u001b[" + lines + "A");
            assertThat(withoutControl(written()).lines()).hasSize(lines).allMatch(line -> line.length() < 80);
        }
    }

    @Test
    void theCursorComesBackAndNothingIsDrawnAfterTheEnd() {
        ProgressView view = ProgressView.live(out, true);
        view.show(frame(SECOND));
        assertThat(written()).startsWith("\u001b[?25l");
        view.close();
        assertThat(written()).contains("\u001b[?25h");
        bytes.reset();

        view.show(frame(2 * SECOND));
        view.close();

        assertThat(written()).isEmpty();
    }

    @Test
    void theHookThatRestoresTheTerminalIsTakenBack() {
        LiveView view = new LiveView(out, Sparkline.ASCII);
        view.show(frame(SECOND));
        view.close();

        assertThat(Runtime.getRuntime().removeShutdownHook(view.onExit())).isFalse();
    }

    @Test
    void plainAsciiWhereThereAreNoBlocks() {
        try (ProgressView view = ProgressView.live(out, false)) {
            view.show(frame(SECOND));
        }

        assertThat(written()).isNotEmpty();
        assertThat(written().chars()).allMatch(c -> c < 128);
    }

    @Test
    void aLineWhereAPhaseBeginsAndNowAndThen() {
        try (ProgressView view = ProgressView.lines(out)) {
            for (long elapsed = -SECOND; elapsed < 9 * SECOND; elapsed += SECOND / 8) {
                view.show(frame(elapsed));
            }
        }

        assertThat(written().lines().map(line -> line.substring(0, Math.min(20, line.length()))))
                .containsExactly(
                        "warming up: two orde",
                        "  0.0 s  healthy    ",
                        "  2.0 s  healthy    ",
                        "  3.0 s  47 % errors",
                        "  5.0 s  47 % errors",
                        "  7.0 s  47 % errors",
                        "  8.0 s  healthy    ");
        assertThat(written())
                .doesNotContain("\u001b")
                .contains("| naive: 360 attempts/s (x 3.00), success 0 %, queue 100 | levee: 132 attempts/s"
                        + " (x 1.10), success 99 %, queue 3, breaker half open, retry budget 42");
    }

    @Test
    void noneShowsNothing() {
        try (ProgressView view = ProgressView.none()) {
            view.show(frame(0));
        }

        assertThat(written()).isEmpty();
    }
}
