package io.levee.lab.storm;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A storm: who calls whom, and what goes wrong.
 *
 * @param name its name
 * @param about what it shows, in a sentence
 * @param length how long it is simulated
 * @param load the calls
 * @param clients how many client processes there are, each with a state of its own; a call comes to one at random
 * @param attemptTimeout how long anybody waits for one answer
 * @param deadline how long a caller waits for the whole call; an answer that comes later is none
 * @param roundTrip on the network, of each attempt
 * @param services the chain of calls: the first is called by the clients, and calls the second; what goes wrong is
 *     watched at the last
 * @param faults what goes wrong
 * @param from begin of the time over which the figures are taken
 * @param to its end, from which on the recovery counts
 * @param latencyOver of which calls the latencies are
 */
public record Scenario(
        String name,
        String about,
        Duration length,
        Load load,
        int clients,
        Duration attemptTimeout,
        Duration deadline,
        Duration roundTrip,
        List<ServiceModel> services,
        List<Fault> faults,
        Duration from,
        Duration to,
        LatencyOver latencyOver) {
    /** The calls whose successes' latencies are taken. */
    public enum LatencyOver {
        /** Those that arrive in the measured time, as all other figures. */
        WINDOW,
        /** All calls of the run: the percentiles of somebody who looks at a longer time than the fault's. */
        RUN
    }

    /** Longer ones keep too many figures. */
    private static final Duration LONGEST = Duration.ofHours(6);

    private static final int MOST_CLIENTS = 100_000;

    /**
     * A storm.
     *
     * @throws IllegalArgumentException if a number is out of its range, or a fault names a service that is not there
     */
    public Scenario {
        services = List.copyOf(services);
        faults = List.copyOf(faults);
        if (services.isEmpty()) {
            throw new IllegalArgumentException("a scenario needs a service");
        }
        Set<String> names = new HashSet<>();
        for (ServiceModel service : services) {
            if (!names.add(service.name())) {
                throw new IllegalArgumentException("two services are called '" + service.name() + "'");
            }
        }
        for (Fault fault : faults) {
            if (!names.contains(fault.service())) {
                throw new IllegalArgumentException("a fault names the service '" + fault.service() + "', and there are "
                        + String.join(", ", names.stream().sorted().toList()));
            }
        }
        if (length.compareTo(LONGEST) > 0 || length.compareTo(to) < 0 || from.compareTo(to) >= 0 || from.isNegative()) {
            throw new IllegalArgumentException("length (at most 6h, is " + length + ") must reach to the end of what is"
                    + " measured, from " + from + " to " + to);
        }
        if (clients < 1 || clients > MOST_CLIENTS) {
            throw new IllegalArgumentException("clients must be from 1 to " + MOST_CLIENTS + ", is " + clients);
        }
        requirePositive(attemptTimeout, "attemptTimeout");
        requirePositive(deadline, "deadline");
        if (roundTrip.isNegative()) {
            throw new IllegalArgumentException("roundTrip must be zero or more, is " + roundTrip);
        }
    }

    private static void requirePositive(Duration time, String what) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException(what + " must be more than zero, is " + time);
        }
    }

    /**
     * The same storm with another load.
     *
     * @param factor how many times the calls of an open loop come; more than 0
     * @return a changed copy
     * @throws IllegalArgumentException if the factor is out of range, or the load is no open loop with a rate
     */
    public Scenario withLoad(double factor) {
        if (!(factor > 0 && factor <= 1_000)) {
            throw new IllegalArgumentException("load must be more than 0 and at most 1000, is " + factor);
        }
        if (!(load instanceof Load.Poisson poisson)) {
            throw new IllegalArgumentException("scenario " + name + " has no rate that could be multiplied");
        }
        List<Load.Step> steps = poisson.steps().stream()
                .map(step -> new Load.Step(step.fromSeconds(), step.perSecond() * factor))
                .toList();
        return changed(new Load.Poisson(steps), clients, services);
    }

    /**
     * The same storm with another number of client processes.
     *
     * @param processes how many
     * @return a changed copy
     * @throws IllegalArgumentException if the number is out of range
     */
    public Scenario withClients(int processes) {
        return changed(load, processes, services);
    }

    /**
     * The same storm with service times of another form and the same means.
     *
     * @param kind the form; lognormal with sigma 0.5, a heavy tail with alpha 1.5
     * @return a changed copy
     */
    public Scenario withServiceTimes(ServiceTime.Kind kind) {
        double shape = kind == ServiceTime.Kind.LOGNORMAL ? 0.5 : kind == ServiceTime.Kind.HEAVY_TAIL ? 1.5 : 0;
        return changed(
                load,
                clients,
                services.stream()
                        .map(service -> new ServiceModel(
                                service.name(),
                                service.workers(),
                                service.queue(),
                                new ServiceTime(kind, service.time().mean(), shape)))
                        .toList());
    }

    private Scenario changed(Load newLoad, int newClients, List<ServiceModel> newServices) {
        return new Scenario(
                name,
                about,
                length,
                newLoad,
                newClients,
                attemptTimeout,
                deadline,
                roundTrip,
                newServices,
                faults,
                from,
                to,
                latencyOver);
    }

    /** The service at the end of the chain. */
    ServiceModel last() {
        return services.get(services.size() - 1);
    }
}
