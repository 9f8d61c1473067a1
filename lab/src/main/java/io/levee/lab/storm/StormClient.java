package io.levee.lab.storm;

import io.levee.Levee;
import io.levee.Protection;
import io.levee.lab.storm.peers.Peer;
import java.util.function.Function;

/** A way of calling that a storm tries: the library with a policy, or a small model of somebody else's rules. */
public final class StormClient {
    private final String name;
    private final Maker maker;

    private StormClient(String name, Maker maker) {
        this.name = name;
        this.maker = maker;
    }

    /** Makes one client process. */
    @FunctionalInterface
    interface Maker {
        Guard make(Scenario scenario, EventLoop loop, Draws draws);
    }

    /**
     * The library with its defaults, and the scenario's deadline and attempt timeout.
     *
     * @return a client called levee
     */
    public static StormClient levee() {
        return ofLevee(
                "levee",
                scenario -> Levee.named(scenario.last().name())
                        .deadline(scenario.deadline())
                        .attemptTimeout(scenario.attemptTimeout()));
    }

    /**
     * The library without what protects the downstream but the retry budget, and the scenario's deadline and attempt timeout.
     *
     * @return a client called levee-none
     */
    public static StormClient unprotected() {
        return ofLevee(
                "levee-none",
                scenario -> Levee.named(scenario.last().name())
                        .deadline(scenario.deadline())
                        .attemptTimeout(scenario.attemptTimeout())
                        .protection(Protection.none()));
    }

    /**
     * The library with settings of one's own.
     *
     * @param name what the result calls it
     * @param builder makes a builder for each client process, all settings made but clock, randomness and executor
     * @return a client
     */
    public static StormClient ofLevee(String name, Function<Scenario, Levee.Builder> builder) {
        return new StormClient(
                name,
                (scenario, loop, draws) -> new LeveeGuard(
                        loop,
                        builder.apply(scenario)
                                .time(new SimTime(loop))
                                .random(draws::bits)
                                .executor(Runnable::run)
                                .build()));
    }

    /**
     * A peer's published rules.
     *
     * @param peer which
     * @return a client
     */
    public static StormClient of(Peer peer) {
        return new StormClient(
                peer.label(),
                (scenario, loop, draws) -> new PeerGuard(
                        loop,
                        peer.newRules(draws::uniform),
                        scenario.attemptTimeout().toNanos()));
    }

    /**
     * Its name.
     *
     * @return what the result calls it
     */
    public String name() {
        return name;
    }

    Guard make(Scenario scenario, EventLoop loop, Draws draws) {
        return maker.make(scenario, loop, draws);
    }
}
