package io.levee.lab.tune;

import io.levee.config.LeveeConfig;
import io.levee.lab.storm.ClientResult;
import io.levee.lab.storm.Scenario;
import io.levee.lab.storm.Storm;
import io.levee.lab.storm.StormClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/**
 * Looks for the settings with which the most calls succeed in a storm while the attempts for each call stay bounded, and
 * which recover afterwards. A third of the trials is drawn anywhere in the space, the rest near the front of what was found. The same scenario, seed
 * and number of trials give the same result.
 *
 * <p>What it finds is best for that storm. A policy has to serve the others too: run it through them before it goes to
 * production.
 */
public final class Tuner {
    private static final double CLOSE = 0.001;

    private final Scenario scenario;
    private final long seed;
    private final double mostAmplification;
    private final List<Trial> trials = new ArrayList<>();

    private Tuner(Scenario scenario, long seed, double mostAmplification) {
        this.scenario = scenario;
        this.seed = seed;
        this.mostAmplification = mostAmplification;
    }

    /**
     * Searches.
     *
     * @param scenario the storm
     * @param seed of the storm and of the search
     * @param mostAmplification the most attempts for each call, 1 or more
     * @param most how many policies to try, the defaults among them; 2 to 10,000
     * @param stop asked between two trials; true ends the search
     * @param progress is told, now and then, what share of the whole is done
     * @return all trials, the front and the best
     * @throws IllegalArgumentException if a number is out of its range
     */
    public static Tuning run(
            Scenario scenario,
            long seed,
            double mostAmplification,
            int most,
            BooleanSupplier stop,
            DoubleConsumer progress) {
        if (!(mostAmplification >= 1 && mostAmplification <= 100)) {
            throw new IllegalArgumentException("amplification must be from 1 to 100, is " + mostAmplification);
        }
        if (most < 2 || most > 10_000) {
            throw new IllegalArgumentException("trials must be from 2 to 10000, is " + most);
        }
        return new Tuner(scenario, seed, mostAmplification).search(most, stop, progress);
    }

    private Tuning search(int most, BooleanSupplier stop, DoubleConsumer progress) {
        Random random = new Random(seed);
        List<Knobs> knobs = new ArrayList<>();
        Set<List<String>> seen = new HashSet<>();
        long deadlineMillis = scenario.deadline().toMillis();
        List<String> defaults =
                Knobs.times(deadlineMillis, scenario.attemptTimeout().toMillis());
        trials.add(new Trial(Trial.DEFAULTS, defaults, storm(StormClient.levee(), progress, 0, most)));
        while (trials.size() < most && !stop.getAsBoolean()) {
            int number = trials.size();
            Knobs next = Knobs.drawn(random);
            for (int i = 0; i < 100; i++) {
                List<Trial> front = front();
                Trial parent = front.get(random.nextInt(front.size()));
                // The defaults are no point of the space; they are only measured.
                next = number <= most / 3 || parent.isDefaults()
                        ? Knobs.drawn(random)
                        : knobs.get(parent.number() - 1).changed(random);
                if (seen.add(next.settings(deadlineMillis))) {
                    break;
                }
            }
            knobs.add(next);
            List<String> settings = next.settings(deadlineMillis);
            LeveeConfig config = LeveeConfig.parse("trial " + number, PolicyText.of("trial", List.of(), settings));
            StormClient client = StormClient.ofLevee("trial " + number, storm -> config.builder("trial"));
            trials.add(new Trial(number, settings, storm(client, progress, number, most)));
        }
        progress.accept(1);
        List<Trial> front = front();
        List<Trial> within = front.stream()
                .filter(trial -> trial.result().amplification() <= mostAmplification)
                .toList();
        return new Tuning(
                scenario,
                seed,
                mostAmplification,
                trials,
                front,
                within.isEmpty() ? front.get(front.size() - 1) : best(within),
                !within.isEmpty(),
                trials.size() == most);
    }

    private ClientResult storm(StormClient client, DoubleConsumer progress, int number, int most) {
        return Storm.run(scenario, List.of(client), seed, share -> progress.accept((number + share) / most))
                .clients()
                .get(0);
    }

    /**
     * The most successful first; of two that are alike the earlier one alone. What goes on refusing calls when the fault
     * is over has no place there, if anything else recovers: a bulkhead that is too small looks splendid in a brown-out.
     */
    private List<Trial> front() {
        List<Trial> recovered = trials.stream()
                .filter(trial -> trial.result().recoverySeconds() != null)
                .toList();
        List<Trial> eligible = recovered.isEmpty() ? trials : recovered;
        List<Trial> front = new ArrayList<>();
        for (Trial trial : eligible) {
            boolean beaten = false;
            for (Trial other : eligible) {
                boolean alike = other.number() < trial.number()
                        && other.result().successRate() == trial.result().successRate()
                        && other.result().amplification() == trial.result().amplification();
                beaten |= other.beats(trial) || alike;
            }
            if (!beaten) {
                front.add(trial);
            }
        }
        front.sort(Comparator.comparingDouble((Trial trial) -> -trial.result().successRate()));
        return front;
    }

    /** Along the front fewer attempts mean less success, so the last that is close has the fewest attempts. */
    private static Trial best(List<Trial> within) {
        Trial best = within.get(0);
        double success = best.result().successRate();
        for (Trial trial : within) {
            if (trial.result().successRate() >= success - CLOSE) {
                best = trial;
            }
        }
        return best;
    }
}
