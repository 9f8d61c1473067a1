package io.levee.bench;

import java.io.PrintStream;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/** One line a benchmark, to the error stream; the rest of what JMH has to say is kept, and shown for one that fails. */
final class Progress implements OutputFormat {
    private final PrintStream out;
    private final int total;
    private final StringBuilder kept = new StringBuilder();
    private int done;
    private @Nullable String running;
    private int failed;

    Progress(PrintStream out, int total) {
        this.out = out;
        this.total = total;
    }

    /** How many benchmarks have failed. Each has been told of, with what JMH said of it. */
    int failed() {
        return failed;
    }

    @Override
    public void startBenchmark(BenchmarkParams benchmark) {
        tellFailed();
        String name = benchmark.getBenchmark();
        step(Row.ofBenchmark(name, benchmark.getThreads()).id, name.substring(name.lastIndexOf('.') + 1));
        running = name;
    }

    /** One step, also one that JMH does not run. */
    void step(String what, String peer) {
        done++;
        out.printf(Locale.ROOT, "[%d/%d] %s, %s%n", done, total, what, peer);
    }

    @Override
    public void endBenchmark(BenchmarkResult result) {
        if (result != null) {
            running = null;
            kept.setLength(0);
        }
    }

    /** JMH has gone on: a benchmark that did not end has failed. */
    private void tellFailed() {
        if (running != null) {
            failed++;
            out.println(kept);
            out.println("levee bench: FAILED, and left out: " + running);
            running = null;
        }
        kept.setLength(0);
    }

    @Override
    public void print(String text) {
        kept.append(text);
    }

    @Override
    public void println(String text) {
        kept.append(text).append('\n');
    }

    @Override
    public void verbosePrintln(String text) {
        println(text);
    }

    @Override
    public void write(int character) {
        kept.append((char) character);
    }

    @Override
    public void write(byte[] text) {
        kept.append(new String(text, java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public void startRun() {}

    @Override
    public void endRun(Collection<RunResult> results) {
        tellFailed();
    }

    @Override
    public void iteration(BenchmarkParams benchmark, IterationParams params, int iteration) {}

    @Override
    public void iterationResult(
            BenchmarkParams benchmark, IterationParams params, int iteration, IterationResult result) {}

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void close() {
        flush();
    }
}
