package io.levee.lab.tune;

import io.levee.lab.storm.ClientResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a search found, for people: the front as a table and as a picture of characters. */
public final class TuneText {
    private static final int WIDTH = 64;
    private static final int HEIGHT = 14;

    private TuneText() {}

    /**
     * The table and the picture.
     *
     * @param tuning what was found
     * @return lines, each ended by a line feed
     */
    public static String of(Tuning tuning) {
        StringBuilder text = new StringBuilder();
        text.append(format(
                "%s: %d policies tried, seed %d, at most %.2f attempts a call%s%n%n",
                tuning.scenario().name(),
                tuning.trials().size(),
                tuning.seed(),
                tuning.mostAmplification(),
                tuning.complete() ? "" : " (time was up: with more time there may be more)"));
        table(tuning, text);
        text.append('\n');
        picture(tuning, text);
        if (!tuning.withinBound()) {
            text.append(format(
                    "%nNothing that was tried keeps to %.2f attempts a call; the best is the one with the fewest.%n",
                    tuning.mostAmplification()));
        }
        return text.toString().replace(System.lineSeparator(), "\n");
    }

    private static void table(Tuning tuning, StringBuilder text) {
        List<Trial> rows = new ArrayList<>(tuning.front());
        Trial defaults = tuning.trials().get(0);
        if (!rows.contains(defaults)) {
            rows.add(defaults);
        }
        text.append("  trial       ok  attempts/call   wasted       p99  recovery  settings\n");
        for (Trial trial : rows) {
            ClientResult result = trial.result();
            Integer recovery = result.recoverySeconds();
            text.append(format(
                    "%s %5d %6.2f %% %14.3f %6.2f %% %9s %9s  %s%n",
                    trial.equals(tuning.best()) ? "*" : " ",
                    trial.number(),
                    100 * result.successRate(),
                    result.amplification(),
                    100 * result.wastedShare(),
                    Double.isNaN(result.p99Ms()) ? "-" : format("%.0f ms", result.p99Ms()),
                    recovery == null ? "never" : recovery + " s",
                    trial.isDefaults() ? "the defaults" : shortened(trial)));
        }
        text.append(
                "* the best; these are beaten in success and attempts both by nothing that recovers; the defaults for comparison\n");
    }

    /** Without what is the same in all, and without braces. */
    private static String shortened(Trial trial) {
        return String.join(
                "; ",
                trial.settings().stream()
                        .filter(line -> !line.startsWith("deadline"))
                        .map(line -> line.replace("backoff: exponential, ", "").replaceAll("[{}]", ""))
                        .toList());
    }

    /** Success upwards, attempts to the right. */
    private static void picture(Tuning tuning, StringBuilder text) {
        double most = 0;
        double mostSuccess = 0;
        double leastSuccess = 1;
        for (Trial trial : tuning.trials()) {
            most = Math.max(most, trial.result().amplification());
            mostSuccess = Math.max(mostSuccess, trial.result().successRate());
            leastSuccess = Math.min(leastSuccess, trial.result().successRate());
        }
        double span = Math.max(1e-9, mostSuccess - leastSuccess);
        char[][] cells = new char[HEIGHT][WIDTH];
        for (char[] row : cells) {
            Arrays.fill(row, ' ');
        }
        List<Trial> order = new ArrayList<>(tuning.trials());
        order.addAll(tuning.front());
        order.add(tuning.trials().get(0));
        order.add(tuning.best());
        for (Trial trial : order) {
            int x = (int) Math.round(trial.result().amplification() / Math.max(1e-9, most) * (WIDTH - 1));
            int y = (int) Math.round((trial.result().successRate() - leastSuccess) / span * (HEIGHT - 1));
            char mark = trial.equals(tuning.best())
                    ? '*'
                    : trial.isDefaults() ? 'D' : tuning.front().contains(trial) ? 'o' : '.';
            cells[HEIGHT - 1 - y][x] = mark;
        }
        text.append("calls that succeed\n");
        for (int row = 0; row < HEIGHT; row++) {
            boolean labelled = row == 0 || row == HEIGHT - 1;
            text.append(labelled ? format("%6.2f %% |", 100 * (row == 0 ? mostSuccess : leastSuccess)) : "         |");
            text.append(new String(cells[row]).stripTrailing()).append('\n');
        }
        text.append("         +").append("-".repeat(WIDTH)).append('\n');
        text.append(format("          0%" + (WIDTH - 1) + "s%n", format("%.2f attempts a call", most)));
        text.append("          . tried  o front  * best  D the defaults\n");
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
