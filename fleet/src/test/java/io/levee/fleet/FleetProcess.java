package io.levee.fleet;

import static org.awaitility.Awaitility.await;

import io.levee.Limiter;
import io.levee.TimeSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A process of its own that takes every permit that its share allows, and tells the instants. */
final class FleetProcess {
    private final Process process;
    private final Thread reader;
    private final List<Long> grants = new CopyOnWriteArrayList<>();

    private FleetProcess(Process process) {
        this.process = process;
        reader = new Thread(this::read, "fleet-process");
        reader.setDaemon(true);
        reader.start();
    }

    static FleetProcess start(int port, int expected, String limits) throws IOException {
        return new FleetProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FleetProcess.class.getName(),
                        Integer.toString(port),
                        Integer.toString(expected),
                        limits)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // A killed process may leave half a line.
                if (line.endsWith(".")) {
                    grants.add(Long.parseLong(line.substring(0, line.length() - 1)));
                }
            }
        } catch (IOException killed) {
            // its end
        }
    }

    List<Long> grants() {
        return grants;
    }

    void awaitGrants(int number) {
        await().atMost(Duration.ofSeconds(90)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("the process has ended: " + process.exitValue());
            }
            return grants.size() >= number;
        });
    }

    void kill() {
        process.destroyForcibly();
    }

    boolean waitFor(long time, TimeUnit unit) throws InterruptedException {
        boolean ended = process.waitFor(time, unit);
        reader.join(unit.toMillis(time));
        return ended;
    }

    public static void main(String[] arguments) {
        String[] limits = arguments[2].split("/");
        Member member = new Member(
                Integer.parseInt(arguments[0]),
                Integer.parseInt(arguments[1]),
                FleetLimits.perSecond(Double.parseDouble(limits[0])).burst(Long.parseLong(limits[1])));
        // Until Redis has answered it goes by its local share; what is tested is what comes then.
        await().atMost(Duration.ofSeconds(60)).until(member::isLeased);
        Limiter limiter = member.levee.limiter();
        long origin = System.nanoTime() - TimeSource.system().nanoTime();
        while (true) {
            long now = TimeSource.system().nanoTime();
            if (limiter.tryAcquire(now)) {
                System.out.println(now + origin + ".");
                System.out.flush();
            } else {
                LockSupport.parkNanos(500_000);
            }
        }
    }
}
