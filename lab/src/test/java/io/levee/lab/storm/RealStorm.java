package io.levee.lab.storm;

import io.levee.Levee;
import io.levee.RandomSource;
import io.levee.http.LeveeHttpClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A scenario that happens: a {@link RealService} in a process of its own, and in this one a {@link LeveeHttpClient} that
 * makes the very calls of the simulation (same seed, same instants) on the wall clock. The simulation's own recorder takes
 * the figures.
 */
final class RealStorm implements AutoCloseable {
    private static final int WARM_UP_CALLS = 300;

    private final Scenario scenario;
    private final long seed;
    private final Process process;
    private final String root;
    private final HttpClient http = HttpClient.newHttpClient();

    /**
     * What was measured.
     *
     * @param result as of a simulation; how much work was wasted is not known
     * @param lateMillis how late 99 % of the calls were made at most: whether the machine kept up
     */
    record Measured(ClientResult result, double lateMillis) {}

    private RealStorm(Scenario scenario, long seed, Process process, int port) {
        this.scenario = scenario;
        this.seed = seed;
        this.process = process;
        root = "http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port;
    }

    static RealStorm start(Path file, long seed) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        // Head and body of an answer in two segments would wait for each other's acknowledgement.
                        "-Dsun.net.httpserver.nodelay=true",
                        "-Dsun.net.httpserver.maxIdleConnections=4000",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RealService.class.getName(),
                        file.toString(),
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String port = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            if (port == null) {
                throw new IOException("the service ended before it listened: see its standard error");
            }
            return new RealStorm(ScenarioFile.load(file), seed, process, Integer.parseInt(port));
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Lets it happen, and returns when the last call has ended. */
    Measured run(String name, Function<Scenario, Levee.Builder> policy) throws Exception {
        List<Long> arrivals = arrivals();
        Recorder recorder = new Recorder(scenario);
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(root + RealService.STOCK)).build();
        long[] late = new long[arrivals.size()];
        try (Levee warm = policy.apply(scenario).build();
                Levee levee =
                        policy.apply(scenario).random(RandomSource.seeded(seed)).build()) {
            warmUp(LeveeHttpClient.wrap(http, warm), request);
            HttpClient client = LeveeHttpClient.wrap(http, levee);
            get(RealService.START);
            long start = System.nanoTime() - EventLoop.START_NANOS;
            List<CompletableFuture<Void>> calls = new ArrayList<>(arrivals.size());
            for (int i = 0; i < late.length; i++) {
                long arrival = arrivals.get(i);
                for (long left = start + arrival - System.nanoTime(); left > 0; ) {
                    LockSupport.parkNanos(this, left);
                    left = start + arrival - System.nanoTime();
                }
                late[i] = System.nanoTime() - start - arrival;
                synchronized (recorder) {
                    recorder.arrived(arrival);
                }
                calls.add(client.sendAsync(request, BodyHandlers.discarding()).handle((answer, failure) -> {
                    long now = System.nanoTime() - start;
                    synchronized (recorder) {
                        recorder.ended(arrival, failure == null && answer.statusCode() == SimAttempt.OK, now);
                    }
                    return null;
                }));
            }
            CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                    .get(scenario.deadline().plusSeconds(10).toSeconds(), TimeUnit.SECONDS);
        }
        synchronized (recorder) {
            countAttempts(recorder);
            Arrays.sort(late);
            return new Measured(recorder.result(name), late[late.length * 99 / 100] / 1e6);
        }
    }

    /** The instants at which the simulation calls, as its event loop counts them. */
    private List<Long> arrivals() {
        EventLoop loop = new EventLoop();
        List<Long> instants = new ArrayList<>();
        Guard guard = (to, end) -> instants.add(loop.nowNanos());
        Service nobody = new Service(
                scenario.last(), loop, new Faults(List.of(), "", new Draws(seed, "")), new Draws(seed, ""), 0, null);
        new Caller(scenario, loop, new Guard[] {guard}, nobody, new Recorder(scenario), new Draws(seed, "calls"))
                .start();
        loop.runUntil(EventLoop.START_NANOS + scenario.length().toNanos());
        return instants;
    }

    /** What a machine does for the first time is slow, and nothing of it belongs into the figures. */
    private static void warmUp(HttpClient client, HttpRequest request) throws Exception {
        for (int i = 0; i < WARM_UP_CALLS; i++) {
            client.sendAsync(request, BodyHandlers.discarding()).get(20, TimeUnit.SECONDS);
        }
    }

    /** The service counts what arrives at it, whoever sent it and whatever became of it. */
    private void countAttempts(Recorder recorder) throws Exception {
        String[] counts = get(RealService.COUNTS).split(" ");
        for (int second = 0; second < counts.length; second++) {
            for (int i = 0; i < Integer.parseInt(counts[second]); i++) {
                recorder.sent(EventLoop.START_NANOS + TimeUnit.SECONDS.toNanos(second));
            }
        }
    }

    private String get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(root + path))
                .timeout(Duration.ofSeconds(20))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        return answer.body();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
