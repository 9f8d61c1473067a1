package io.levee.lab.storm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;

/** Runs scenarios: in virtual time, on this thread, and with the same result for the same seed everywhere. */
public final class Storm {
    private static final long PROGRESS_NANOS = 1_000_000_000L;

    private Storm() {}

    /**
     * Lets each client meet the same storm.
     *
     * @param scenario the storm
     * @param clients who meets it
     * @param seed what the random numbers begin with
     * @param progress is told, now and then, what share of the whole is done
     * @return the figures, in the order of the clients
     */
    public static StormResult run(Scenario scenario, List<StormClient> clients, long seed, DoubleConsumer progress) {
        List<ClientResult> results = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            int done = i;
            results.add(run(scenario, clients.get(i), seed, share -> progress.accept((done + share) / clients.size())));
        }
        progress.accept(1);
        return new StormResult(scenario, seed, results);
    }

    private static ClientResult run(Scenario scenario, StormClient client, long seed, DoubleConsumer progress) {
        EventLoop loop = new EventLoop();
        Recorder recorder = new Recorder(scenario);
        List<ServiceModel> models = scenario.services();
        List<Service> services = new ArrayList<>();
        for (ServiceModel model : models) {
            services.add(new Service(
                    model,
                    loop,
                    new Faults(scenario.faults(), model.name(), new Draws(seed, "faults of " + model.name())),
                    new Draws(seed, "times of " + model.name()),
                    scenario.roundTrip().toNanos(),
                    model.equals(scenario.last()) ? recorder : null));
        }
        for (int i = 0; i + 1 < services.size(); i++) {
            services.get(i)
                    .calls(
                            services.get(i + 1),
                            client.make(
                                    scenario,
                                    loop,
                                    new Draws(seed, "client in " + models.get(i).name())));
        }
        Guard[] guards = new Guard[scenario.clients()];
        for (int i = 0; i < guards.length; i++) {
            guards[i] = client.make(scenario, loop, new Draws(seed, "client " + i));
        }
        new Caller(scenario, loop, guards, services.get(0), recorder, new Draws(seed, "calls")).start();
        long length = scenario.length().toNanos();
        for (long done = 0; done < length; done += PROGRESS_NANOS) {
            loop.runUntil(EventLoop.START_NANOS + Math.min(length, done + PROGRESS_NANOS));
            progress.accept(done / (double) length);
        }
        return recorder.result(client.name());
    }
}
