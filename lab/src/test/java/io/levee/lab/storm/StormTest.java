package io.levee.lab.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.levee.lab.storm.peers.Peer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The model against what queueing theory and arithmetic say of it, and its repeatability. */
class StormTest {
    private static Scenario scenario(String yaml) {
        return ScenarioFile.parse("test.yaml", "version: 1\nname: test\n" + yaml, Path.of("."));
    }

    private static ClientResult run(Scenario scenario, StormClient client) {
        return Storm.run(scenario, List.of(client), 1, share -> {}).clients().get(0);
    }

    private static ClientResult run(Scenario scenario, Peer peer) {
        return run(scenario, StormClient.of(peer));
    }

    /** Erlang's C formula: the share of the customers of M/M/c that have to wait. */
    private static double erlangC(int workers, double offered) {
        double term = 1;
        double sum = 1;
        for (int k = 1; k < workers; k++) {
            term *= offered / k;
            sum += term;
        }
        double waiting = term * offered / workers * (workers / (workers - offered));
        return waiting / (sum + waiting);
    }

    @Test
    void aServiceWithExponentialTimesIsErlangsQueue() {
        int workers = 10;
        double offered = 8; // 400 calls a second of 20 ms
        Scenario scenario = scenario("""
                length: 2000s
                load: {perSecond: 400}
                roundTrip: 0s
                attemptTimeout: 100s
                deadline: 100s
                services: [{name: s, workers: 10, queue: 100000, time: {exponential: 20ms}}]
                """);
        // The time in the system that half exceed: P(wait + service > t) for M/M/c, solved for t by halving.
        double waits = erlangC(workers, offered);
        double service = 1 / 20.0; // a millisecond
        double drain = (workers - offered) * service;

        ClientResult result = run(scenario, Peer.NAIVE);

        assertThat(result.amplification()).isEqualTo(1);
        for (double q : new double[] {0.5, 0.99}) {
            double low = 0;
            double high = 10_000;
            while (high - low > 0.01) {
                double t = (low + high) / 2;
                double alone = Math.exp(-service * t);
                double queued = (service * Math.exp(-drain * t) - drain * Math.exp(-service * t)) / (service - drain);
                if ((1 - waits) * alone + waits * queued > 1 - q) {
                    low = t;
                } else {
                    high = t;
                }
            }
            double measured = q == 0.5 ? result.p50Ms() : result.p99Ms();
            assertThat(measured).as("quantile %s", q).isCloseTo(low, within(low * 0.12));
        }
    }

    @Test
    void retriesOfIndependentFailuresAreAGeometricSeries() {
        Scenario scenario = scenario("""
                length: 200s
                load: {perSecond: 200}
                services: [{name: s, workers: 1000, queue: 0, time: {fixed: 5ms}}]
                faults: [{kind: errors, from: 0s, to: 200s, share: 0.3}]
                measure: {from: 0s, to: 190s}
                """);

        ClientResult result = run(scenario, Peer.FAILSAFE);

        assertThat(result.amplification()).isCloseTo(1 + 0.3 + 0.09, within(0.02));
        assertThat(result.successRate()).isCloseTo(1 - 0.027, within(0.005));
        assertThat(result.p50Ms()).isCloseTo(6, within(0.4)); // 5 ms and the round trip
    }

    @Test
    void latenciesAreOfTheMeasuredTimeOrOfTheWholeRun() {
        String slowForATenth = """
                length: 100s
                load: {perSecond: 50}
                roundTrip: 0s
                services: [{name: s, workers: 1000, time: {fixed: 10ms}}]
                faults: [{kind: slow, from: 50s, to: 60s, factor: 20}]
                measure: {from: 50s, to: 60s}
                """;

        ClientResult inTheFault = run(scenario(slowForATenth), Peer.NAIVE);
        ClientResult ofAll = run(scenario(slowForATenth.replace("60s}\n", "60s, latencyOver: run}\n")), Peer.NAIVE);

        assertThat(inTheFault.p50Ms()).isCloseTo(200, within(4.0));
        assertThat(ofAll.p50Ms()).isCloseTo(10, within(0.2));
        assertThat(ofAll.p99Ms()).isCloseTo(200, within(4.0));
        assertThat(ofAll.calls()).isEqualTo(inTheFault.calls());
    }

    @Test
    void aFullQueueRefusesAndWhatComesTooLateIsWaste() {
        Scenario scenario = scenario("""
                length: 120s
                load: {perSecond: 200}
                services: [{name: s, workers: 1, queue: 150, time: {fixed: 10ms}}]
                measure: {from: 20s, to: 100s}
                """);

        ClientResult result = run(scenario, Peer.GRPC);

        // 100 a second are done, and each of them has stood in the queue for 1.5 s: longer than anybody waits.
        assertThat(result.succeeded()).isZero();
        assertThat(result.wastedShare()).isEqualTo(1);
    }

    @Test
    void aFlappingServiceRefusesItsShare() {
        Scenario scenario = scenario("""
                length: 100s
                load: {steps: [{from: 0s, perSecond: 0}, {from: 10s, perSecond: 400}]}
                services: [{name: s, workers: 1000, queue: 0, time: {fixed: 5ms}}]
                faults:
                  - {kind: flapping, from: 0s, to: 100s, share: 0.25, period: 4s}
                measure: {from: 12s, to: 92s}
                """);

        ClientResult result = run(scenario, StormClient.of(Peer.GRPC));

        assertThat(result.successRate()).isCloseTo(0.75, within(0.02));
        assertThat(Arrays.stream(result.series().calls()).limit(10).sum()).isZero();
    }

    /** What an overload looks like from far away, and is none: the limit must not hold back what would have succeeded. */
    @ParameterizedTest
    @CsvSource({"lost, 0.1, 0.99", "refused, 0.05, 0.99", "lost, 0.3, 0.8"})
    void theDefaultServesAServiceThatDropsAShareWhateverTheLoad(String kind, double share, double least) {
        Scenario scenario = scenario("""
                length: 40s
                load: {perSecond: 500}
                services: [{name: s, workers: 100000, queue: 0, time: {lognormal: 20ms}}]
                faults: [{kind: %s, from: 5s, to: 35s, share: %s}]
                measure: {from: 5s, to: 35s}
                """.formatted(kind, share));

        ClientResult result = run(scenario, StormClient.levee());

        assertThat(result.successRate()).isGreaterThan(least);
        assertThat(result.amplification()).isLessThan(1.25);
    }

    @Test
    void whatIsLostIsNeverAnswered() {
        Scenario scenario = scenario("""
                length: 60s
                load: {perSecond: 200}
                services: [{name: s, workers: 1000, queue: 0, time: {fixed: 5ms}}]
                faults: [{kind: lost, from: 0s, to: 60s, share: 0.25}]
                measure: {from: 0s, to: 50s}
                """);

        ClientResult result = run(scenario, Peer.FAILSAFE);

        assertThat(result.amplification()).isCloseTo(1 + 0.25 + 0.0625, within(0.02));
        assertThat(result.p99Ms()).as("after two attempts of a second each").isBetween(1_000.0, 2_300.0);
    }

    @Test
    void theLastServiceIsCalledThroughAllOthers() {
        Scenario scenario = scenario("""
                length: 60s
                load: {perSecond: 50}
                services:
                  - {name: a, workers: 100, queue: 0, time: {fixed: 1ms}}
                  - {name: b, workers: 100, queue: 0, time: {fixed: 1ms}}
                  - {name: c, workers: 100, queue: 0, time: {fixed: 1ms}}
                faults: [{service: c, kind: down, from: 10s, to: 50s}]
                measure: {from: 10s, to: 50s}
                """);

        ClientResult result = run(scenario, Peer.FAILSAFE);

        assertThat(result.amplification()).isCloseTo(27, within(0.2));
        assertThat(result.recoverySeconds()).isZero();
        assertThat(result.succeeded())
                .isLessThan(10); // on their way when it went down, or still trying when it came back
    }

    @Test
    void recordedCallsComeWhenTheyCame() {
        Scenario scenario = new Scenario(
                "recorded",
                "",
                Duration.ofSeconds(10),
                new Load.Recorded(List.of(0.5, 0.5, 3.25)),
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Duration.ZERO,
                List.of(new ServiceModel("s", 1, 10, new ServiceTime(ServiceTime.Kind.FIXED, Duration.ofMillis(5), 0))),
                List.of(),
                Duration.ZERO,
                Duration.ofSeconds(10),
                Scenario.LatencyOver.WINDOW);

        Series series = run(scenario, StormClient.levee()).series();

        assertThat(series.calls()).containsExactly(2, 0, 0, 1, 0, 0, 0, 0, 0, 0);
        assertThat(series.goodput()).containsExactly(2, 0, 0, 1, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void aHerdIsDoneWhenEachOfItsClientsIs() {
        Scenario scenario = scenario("""
                length: 60s
                load: {herd: {over: 10ms, pause: 100ms}}
                clients: 500
                services: [{name: s, workers: 10, queue: 20, time: {fixed: 20ms}}]
                """);

        ClientResult result = run(scenario, StormClient.levee());

        assertThat(result.doneSeconds()).isNotNull().isBetween(0.9, 60.0);
        assertThat(result.succeeded()).isEqualTo(500);
        assertThat(result.attemptsPerClient()).isGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource(Peer.class)
    void everyPeerServesAHealthyService(Peer peer) {
        Scenario scenario = scenario("""
                length: 60s
                load: {perSecond: 100}
                services: [{name: s, workers: 24, queue: 1000, time: {lognormal: 20ms}}]
                """);

        ClientResult result = run(scenario, peer);

        assertThat(result.client()).isEqualTo(peer.label());
        assertThat(result.amplification()).isEqualTo(1);
        assertThat(result.successRate()).isGreaterThan(0.999);
    }

    /** To the last digit: the figures of a run are the same on every JDK, and in every order of the clients. */
    @Test
    void theSameSeedGivesTheSameFigures() {
        Scenario scenario = scenario("""
                length: 40s
                load: {perSecond: 300}
                clients: 7
                services: [{name: s, workers: 24, queue: 200, time: {lognormal: 20ms}}]
                faults:
                  - {kind: slow, from: 5s, to: 15s, factor: 8}
                  - {kind: errors, from: 15s, to: 25s, share: 0.5}
                measure: {from: 5s, to: 25s}
                """);
        List<StormClient> clients = new ArrayList<>(
                Arrays.stream(Peer.values()).map(StormClient::of).toList());
        clients.add(StormClient.levee());

        StormResult first = Storm.run(scenario, clients, 5, share -> {});
        StormResult second = Storm.run(scenario, clients, 5, share -> {});
        StormResult other = Storm.run(scenario, clients, 6, share -> {});

        String text = StormJson.of(first, true).toString().replaceAll("\\[I@[0-9a-f]+", "");
        assertThat(StormJson.of(second, true).toString().replaceAll("\\[I@[0-9a-f]+", ""))
                .isEqualTo(text);
        assertThat(StormJson.of(other, true).toString().replaceAll("\\[I@[0-9a-f]+", ""))
                .isNotEqualTo(text);
        ClientResult naive = first.clients().get(0);
        assertThat(List.of(naive.calls(), naive.succeeded(), naive.attempts())).isEqualTo(PINNED);
        for (int i = 0; i < clients.size(); i++) {
            assertThat(second.clients().get(i).series().attempts())
                    .isEqualTo(first.clients().get(i).series().attempts());
        }
    }

    private static final List<Long> PINNED = List.of(6_027L, 2_946L, 13_827L);

    @Test
    void noFigureIsOutOfItsRange() {
        for (String name : List.of("brownout", "layers")) {
            Scenario scenario = ScenarioFile.shipped(name);
            for (StormClient client : List.of(StormClient.levee(), StormClient.of(Peer.RESILIENCE4J_BREAKER))) {
                ClientResult result = run(scenario, client);
                Series series = result.series();

                assertThat(result.succeeded()).isBetween(0L, result.calls());
                assertThat(result.wastedShare()).isBetween(0.0, 1.0);
                assertThat(result.peakAmplification()).isGreaterThanOrEqualTo(result.amplification());
                assertThat(Arrays.stream(series.succeeded()).sum())
                        .isEqualTo(Arrays.stream(series.goodput()).sum());
                for (int i = 0; i < series.calls().length; i++) {
                    assertThat(series.succeeded()[i]).isLessThanOrEqualTo(series.calls()[i]);
                }
            }
        }
    }

    @Test
    void theTableHasARowForEachClient() {
        StormResult result = Storm.run(
                ScenarioFile.shipped("transient"),
                List.of(StormClient.levee(), StormClient.of(Peer.NAIVE)),
                1,
                share -> assertThat(share).isBetween(0.0, 1.0));

        assertThat(StormText.of(result).lines())
                .anyMatch(line -> line.startsWith("levee "))
                .anyMatch(line -> line.startsWith("naive "))
                .anyMatch(line -> line.contains("attempts/call"));
    }
}
