package io.levee.lint;

import io.levee.Backoff;
import io.levee.Levee;
import io.levee.LeveeSettings;
import io.levee.Limiter;
import io.levee.RetryPolicy;
import io.levee.config.DownstreamFacts;
import io.levee.config.LeveeConfig;
import io.levee.config.Place;
import io.levee.test.VirtualTime;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One downstream of one file, with what its settings come to. */
final class Subject {
    /** Ten times the default: some 10 MB. */
    static final int MANY_WAITING = 100_000;

    final LeveeConfig config;
    final String name;
    final DownstreamFacts facts;
    final LeveeSettings settings;
    final WorstCase worst;
    final boolean hasBulkhead;
    final @Nullable Double permitsPerSecond;

    /** NaN until somebody asks: most files never need it. */
    private double amplification = Double.NaN;

    private final Consumer<Finding> found;

    Subject(LeveeConfig config, String name, Consumer<Finding> found) {
        this.config = config;
        this.name = name;
        this.found = found;
        facts = config.facts(name);
        try (Levee levee = config.builder(name).build()) {
            settings = levee.settings();
            hasBulkhead = levee.bulkhead() != null;
            Limiter.Snapshot limiter = levee.state().limiter();
            permitsPerSecond = limiter == null ? null : (Double) limiter.permitsPerSecond();
        }
        worst = WorstCase.of(settings);
    }

    /** Attempts for each call while every attempt is refused. */
    double amplification() {
        if (Double.isNaN(amplification)) {
            amplification = Outage.attemptsPerCall(config, name);
        }
        return amplification;
    }

    /** Requests for each call while every attempt is refused: what is below Levee included. */
    double requestsPerCall() {
        return amplification() * facts.clientAttempts();
    }

    /** How long one attempt may take; null for no limit. */
    @Nullable
    Duration longestAttempt() {
        Duration timeout = settings.attemptTimeout();
        Duration deadline = settings.deadline();
        return timeout == null || (deadline != null && deadline.compareTo(timeout) < 0) ? deadline : timeout;
    }

    /** The service behind the downstream, by the name that its own file gives. */
    String target() {
        String service = facts.service();
        return service == null ? name : service;
    }

    /**
     * How many calls the limiter lets wait, counted no further than {@link #MANY_WAITING} and one. Found by letting them
     * wait, so that the limiter's own bounds count: its queue's, and the deadline's.
     */
    int mayWait() {
        Duration deadline = settings.deadline();
        VirtualTime time = VirtualTime.manual();
        long now = time.nanoTime();
        long until = deadline == null ? Long.MAX_VALUE : now + deadline.toNanos();
        try (Levee levee = config.builder(name).time(time).build()) {
            Limiter limiter = levee.limiter();
            int waiting = 0;
            while (limiter != null && waiting <= MANY_WAITING) {
                Limiter.Ticket ticket = limiter.acquire(now, false, until < now ? Long.MAX_VALUE : until, () -> {});
                if (ticket == null) {
                    break;
                }
                waiting += ticket.isImmediate() ? 0 : 1;
            }
            return waiting;
        }
    }

    /** The policy, if it retries at all. */
    @Nullable
    Backoff retries() {
        RetryPolicy retry = settings.retry();
        return retry instanceof Backoff backoff && backoff.attempts() > 1 ? backoff : null;
    }

    Place place(String setting) {
        String[] keys = setting.isEmpty() ? new String[0] : setting.split("\\.");
        String[] path = new String[keys.length + 2];
        path[0] = "downstreams";
        path[1] = name;
        System.arraycopy(keys, 0, path, 2, keys.length);
        return config.place(path);
    }

    void report(Rule rule, String setting, String reason, String fix) {
        found.accept(new Finding(rule, place(setting), name, setting, reason, fix));
    }
}
