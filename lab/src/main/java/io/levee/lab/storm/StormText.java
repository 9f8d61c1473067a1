package io.levee.lab.storm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A storm's result as a table for people. */
public final class StormText {
    private StormText() {}

    /**
     * The table.
     *
     * @param result what became of the clients
     * @return lines, each ended by a line feed
     */
    public static String of(StormResult result) {
        Scenario scenario = result.scenario();
        boolean herd = scenario.load() instanceof Load.Herd;
        List<String[]> rows = new ArrayList<>();
        rows.add(
                herd
                        ? new String[] {"client", "ok", "attempts/client", "99 % done", "peak/mean of retries", "p99"}
                        : new String[] {
                            "client",
                            "ok",
                            "attempts/call",
                            "worst second",
                            "wasted",
                            "p50",
                            "p99",
                            "recovery",
                            "goodput after"
                        });
        for (ClientResult client : result.clients()) {
            rows.add(herd ? herdRow(client) : row(client));
        }
        StringBuilder text = new StringBuilder();
        text.append(scenario.name()).append(": ").append(scenario.about()).append('\n');
        text.append(format(
                "measured from %.0f s to %.0f s of %.0f s%s, %d client process%s, seed %d%n",
                scenario.from().toNanos() / 1e9,
                scenario.to().toNanos() / 1e9,
                scenario.length().toNanos() / 1e9,
                scenario.latencyOver() == Scenario.LatencyOver.RUN ? " (p50 and p99: the whole run)" : "",
                scenario.clients(),
                scenario.clients() == 1 ? "" : "es",
                result.seed()));
        text.append('\n');
        table(rows, text);
        return text.toString();
    }

    private static String[] row(ClientResult client) {
        return new String[] {
            client.client(),
            percent(client.successRate()),
            format("%.3f", client.amplification()),
            format("%.2f", client.peakAmplification()),
            percent(client.wastedShare()),
            millis(client.p50Ms()),
            millis(client.p99Ms()),
            client.recoverySeconds() == null ? "never" : client.recoverySeconds() + " s",
            Double.isNaN(client.goodputAfter()) ? "-" : format("%.0f/s", client.goodputAfter())
        };
    }

    private static String[] herdRow(ClientResult client) {
        return new String[] {
            client.client(),
            percent(client.successRate()),
            format("%.2f", client.attemptsPerClient()),
            client.doneSeconds() == null ? "never" : format("%.1f s", client.doneSeconds()),
            client.herdPeakToMean() == null ? "-" : format("%.1f", client.herdPeakToMean()),
            millis(client.p99Ms())
        };
    }

    private static void table(List<String[]> rows, StringBuilder text) {
        int columns = rows.get(0).length;
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                int width = 0;
                for (String[] each : rows) {
                    width = Math.max(width, each[column].length());
                }
                line.append(format(column == 0 ? "%-" + width + "s" : "  %" + width + "s", row[column]));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private static String percent(double share) {
        return format("%.2f %%", 100 * share);
    }

    private static String millis(double millis) {
        return Double.isNaN(millis) ? "-" : format("%.0f ms", millis);
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
