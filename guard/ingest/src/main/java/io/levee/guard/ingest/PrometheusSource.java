package io.levee.guard.ingest;

import io.levee.guard.ingest.PrometheusClient.Sample;
import io.levee.guard.ingest.PrometheusClient.Samples;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Counts of any server that speaks PromQL over HTTP: Prometheus, Thanos, Mimir, VictoriaMetrics. It reads the counters' own
 * samples and adds up by how much they grew, without the extrapolation of {@code increase()}: so the counts are whole, a new
 * series' first events count, and a counter that began anew counts from zero. What grew between two samples counts at the
 * later one. Each question is asked anew; whoever asks often, keeps the answer. Thread-safe.
 *
 * <p>A series that has no sample in the hour before is taken to have begun at zero, if the server stored anything ({@code up})
 * at that time; else it counts from its first sample on. See docs/ingest.md for Thanos and Mimir.
 */
public final class PrometheusSource implements Terms.Source {
    private final PrometheusClient client;
    private final @Nullable String good;
    private final @Nullable String bad;
    private final String total;
    private final Duration stretch;
    private final Duration lookBack;

    private PrometheusSource(Builder settings, @Nullable String good, @Nullable String bad, String total) {
        this.client = new PrometheusClient(
                settings.server, settings.headers, settings.parameters, settings.timeout, settings.mostBytes);
        this.good = good;
        this.bad = bad;
        this.total = total;
        this.stretch = settings.stretch;
        this.lookBack = settings.lookBack;
    }

    /**
     * Begins to set one up.
     *
     * @param server such as {@code http://prometheus:9090}, or {@code https://mimir/prometheus}
     * @return a builder with the defaults
     */
    public static Builder of(URI server) {
        return new Builder(server);
    }

    /**
     * {@inheritDoc}
     *
     * @throws PrometheusException if the server does not answer in full, or more events are good or bad than there are
     */
    @Override
    public Counts counts(TimeRange range) {
        String counter = counter();
        long all = grown(total, range).sum();
        long some = counter == null ? 0 : grown(counter, range).sum();
        if (some > all) {
            throw tooMany(String.valueOf(counter), some, all, range);
        }
        return Counts.ofTotal(all, good == null ? some : all - some, 0);
    }

    /**
     * The same by the minute. A program counts an event's total and its outcome one after the other, and a scrape may come
     * between the two: what a minute has too much counts to the next one.
     *
     * @param range whole minutes
     * @return the minutes that have events
     * @throws PrometheusException as above
     */
    SortedMap<Instant, Counts> minutes(TimeRange range) {
        String counter = counter();
        Map<Instant, Long> all = grown(total, range).minutes();
        Map<Instant, Long> some =
                counter == null ? Map.of() : grown(counter, range).minutes();
        SortedMap<Instant, Counts> minutes = new TreeMap<>();
        long over = 0;
        SortedSet<Instant> begins = new TreeSet<>(all.keySet());
        begins.addAll(some.keySet());
        for (Instant begin : begins) {
            long ofAll = all.getOrDefault(begin, 0L);
            long waiting = some.getOrDefault(begin, 0L) + over;
            long ofSome = Math.min(waiting, ofAll);
            over = waiting - ofSome;
            if (ofAll > 0) {
                minutes.put(begin, Counts.ofTotal(ofAll, good == null ? ofSome : ofAll - ofSome, 0));
            }
        }
        if (over > 0) {
            long sum = all.values().stream().mapToLong(Long::longValue).sum();
            throw tooMany(String.valueOf(counter), sum + over, sum, range);
        }
        return minutes;
    }

    private @Nullable String counter() {
        return good == null ? bad : good;
    }

    private PrometheusException tooMany(String counter, long some, long all, TimeRange range) {
        return new PrometheusException(
                "'" + counter + "' grew by " + some + " from " + range.from() + " to " + range.to() + ", more than '"
                        + total + "', by " + all + "; the total must count every event",
                null);
    }

    private Growth grown(String selector, TimeRange range) {
        Growth growth = new Growth(selector, range.from().toEpochMilli());
        Instant from = range.from().minus(lookBack);
        while (from.isBefore(range.to())) {
            Instant next = from.plus(stretch);
            Instant to = next.isBefore(range.to()) ? next : range.to();
            long millis = Duration.between(from, to).toMillis();
            if (millis > 0) {
                for (Samples series : client.query(selector + '[' + millis + "ms]", to.minusMillis(1))) {
                    growth.add(series, from.toEpochMilli(), to.toEpochMilli());
                }
            }
            from = to;
        }
        return growth;
    }

    /** What the series of one counter grew by. */
    private final class Growth {
        private final String selector;
        private final long fromMs;
        private final Map<String, Double> last = new HashMap<>();
        private final Map<Long, Boolean> storedBefore = new HashMap<>();
        private final SortedMap<Instant, Double> minutes = new TreeMap<>();

        Growth(String selector, long fromMs) {
            this.selector = selector;
            this.fromMs = fromMs;
        }

        void add(Samples series, long stretchFromMs, long stretchToMs) {
            for (Sample sample : series.values()) {
                // Servers differ in whether a range's first instant belongs to it.
                if (sample.timeMs() < stretchFromMs || sample.timeMs() >= stretchToMs || Double.isNaN(sample.value())) {
                    continue;
                }
                Double before = last.put(series.labels(), sample.value());
                if (sample.timeMs() < fromMs) {
                    continue;
                }
                double more = before == null
                        ? (isNew(sample.timeMs()) ? sample.value() : 0)
                        : (sample.value() < before ? sample.value() : sample.value() - before);
                minutes.merge(Instant.ofEpochMilli(sample.timeMs()).truncatedTo(ChronoUnit.MINUTES), more, Double::sum);
            }
        }

        /** Whether the server would have seen the series before, had it been there. */
        private boolean isNew(long timeMs) {
            return storedBefore.computeIfAbsent(
                    timeMs,
                    each -> !client.query(
                                    "count(last_over_time(up[" + lookBack.toMillis() + "ms]))",
                                    Instant.ofEpochMilli(timeMs - 1))
                            .isEmpty());
        }

        long sum() {
            return whole(
                    minutes.values().stream().mapToDouble(Double::doubleValue).sum());
        }

        Map<Instant, Long> minutes() {
            Map<Instant, Long> grown = new HashMap<>();
            minutes.forEach((begin, more) -> grown.put(begin, whole(more)));
            return grown;
        }

        private long whole(double sum) {
            if (!(sum >= 0) || sum >= Long.MAX_VALUE) {
                throw new PrometheusException("'" + selector + "' grew by " + sum + ", which is no count", null);
            }
            return Math.round(sum);
        }
    }

    /** Sets up a {@link PrometheusSource}. Not thread-safe. */
    public static final class Builder {
        private final URI server;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private final Map<String, String> parameters = new LinkedHashMap<>();
        private Duration timeout = Duration.ofSeconds(30);
        private long mostBytes = 64 << 20;
        private Duration stretch = Duration.ofHours(6);
        private Duration lookBack = Duration.ofHours(1);

        private Builder(URI server) {
            if (server.getHost() == null) {
                throw new IllegalArgumentException(
                        "'" + server + "' is no URL of a server; write such as http://prometheus:9090");
            }
            this.server = server;
        }

        /**
         * Sets the bearer token. Default none.
         *
         * @param secret the token
         * @return this
         */
        public Builder token(String secret) {
            return header("Authorization", "Bearer " + secret);
        }

        /**
         * Sets a header of every request, such as Mimir's {@code X-Scope-OrgID}.
         *
         * @param name its name
         * @param value its value
         * @return this
         */
        public Builder header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        /**
         * Sets a parameter of every query, such as Thanos' {@code partial_response=false}.
         *
         * @param name its name
         * @param value its value
         * @return this
         */
        public Builder parameter(String name, String value) {
            parameters.put(name, value);
            return this;
        }

        /**
         * Sets how long one answer may take. Default 30 s.
         *
         * @param each above zero
         * @return this
         */
        public Builder timeout(Duration each) {
            timeout = each;
            return this;
        }

        /**
         * Sets how large one answer may be. Default 64 MiB.
         *
         * @param bytes of JSON
         * @return this
         */
        public Builder responseLimit(long bytes) {
            mostBytes = bytes;
            return this;
        }

        /**
         * Sets how much time one query covers: what it takes is samples of that time, of all series. Default 6 hours.
         *
         * @param time a second or more
         * @return this
         */
        public Builder stretch(Duration time) {
            if (time.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("stretch must be 1 s or more, is " + time);
            }
            stretch = time;
            return this;
        }

        /**
         * Sets for how long a series may be silent and still be the same. Default 1 hour.
         *
         * @param time longer than the pause between two samples
         * @return this
         */
        public Builder lookBack(Duration time) {
            lookBack = time;
            return this;
        }

        /**
         * Counts good events.
         *
         * @param good the counter of good events: a selector, a sum of it, or {@code sum(rate(selector[{{.window}}]))}
         * @param total the counter of all events
         * @return the source
         * @throws IllegalArgumentException if one of them is none of these
         */
        public PrometheusSource good(String good, String total) {
            return new PrometheusSource(this, CounterQuery.selector(good), null, CounterQuery.selector(total));
        }

        /**
         * Counts bad events.
         *
         * @param bad the counter of bad events, as above
         * @param total the counter of all events
         * @return the source
         * @throws IllegalArgumentException if one of them is none of these
         */
        public PrometheusSource bad(String bad, String total) {
            return new PrometheusSource(this, null, CounterQuery.selector(bad), CounterQuery.selector(total));
        }
    }
}
