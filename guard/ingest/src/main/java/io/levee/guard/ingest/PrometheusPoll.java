package io.levee.guard.ingest;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.EventMatcher;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.MetricSource;
import io.levee.guard.slo.openslo.Sli;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.store.Store;
import io.levee.yaml.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetches, minute by minute, the counts of objectives whose documents name metrics of Prometheus, and puts them into the
 * store, where they are counts as any others. Goes on where the store ends; what it has nothing of, it fetches for the whole
 * window, as far back as the server remembers. One thread ticks; any may ask for problems.
 */
public final class PrometheusPoll {
    /** How long after a minute its samples are taken to be there. */
    private static final Duration SETTLED = Duration.ofSeconds(30);

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration STRETCH = Duration.ofHours(6);

    /** The thread has other things to do: what is left is asked the next time. */
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Supplier<Catalog> catalog;
    private final PrometheusSource.Builder server;
    private final Store store;
    private final Map<String, Instant> upTo = new HashMap<>();
    private final Map<String, Instant> notBefore = new HashMap<>();
    private final SortedMap<String, Problem> wrong = new TreeMap<>();
    private volatile List<Problem> problems = List.of();
    private int next;

    /**
     * Begins with nothing fetched.
     *
     * @param catalog the documents as they are now
     * @param server where to ask
     * @param store takes the counts
     */
    public PrometheusPoll(Supplier<Catalog> catalog, PrometheusSource.Builder server, Store store) {
        this.catalog = catalog;
        this.server = server;
        this.store = store;
    }

    /**
     * Whether an objective's metrics are those of a Prometheus.
     *
     * @param documents all of them
     * @param slo one of theirs
     * @return false as well if its indicator is in none of the documents
     */
    public static boolean isFor(Catalog documents, Slo slo) {
        if (slo.isComposite()) {
            return false;
        }
        try {
            return metrics(documents.sli(slo)).stream()
                    .anyMatch(each -> "prometheus".equalsIgnoreCase(documents.type(each)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static List<MetricSource> metrics(Sli sli) {
        List<MetricSource> metrics = new ArrayList<>();
        Sli.RatioMetric ratio = sli.ratio();
        for (MetricSource each : ratio == null
                ? new @Nullable MetricSource[] {sli.threshold()}
                : new @Nullable MetricSource[] {ratio.total(), ratio.good(), ratio.bad(), ratio.raw()}) {
            if (each != null) {
                metrics.add(each);
            }
        }
        return metrics;
    }

    /**
     * What the store has to count for such an objective: what is fetched, and no event that comes otherwise.
     *
     * @param slo the objective
     * @return the matcher
     */
    public static EventMatcher matcher(Slo slo) {
        return new EventMatcher(service(slo), Set.of(), Set.of(), null);
    }

    private static String service(Slo slo) {
        return "prometheus/" + slo.name();
    }

    /**
     * What cannot be fetched now.
     *
     * @return one for each objective of which that is so
     */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * Fetches what is due, for half a second or so. What fails is tried again a minute later.
     *
     * @param now the present
     * @throws io.levee.guard.store.StoreException if the store cannot be written
     */
    public void tick(Instant now) {
        Catalog documents = catalog.get();
        List<Slo> slos =
                documents.slos().stream().filter(slo -> isFor(documents, slo)).toList();
        wrong.keySet().retainAll(slos.stream().map(Slo::name).toList());
        long begin = System.nanoTime();
        int idle = 0;
        while (idle < slos.size() && System.nanoTime() - begin < MOST_NANOS) {
            next = (next + 1) % slos.size();
            idle = fetch(documents, slos.get(next), now) ? 0 : idle + 1;
        }
        problems = List.copyOf(wrong.values());
    }

    /** Whether there was something to fetch, and it came. */
    private boolean fetch(Catalog documents, Slo slo, Instant now) {
        Instant end = now.minus(SETTLED).truncatedTo(ChronoUnit.MINUTES);
        Instant from = upTo.computeIfAbsent(slo.name(), name -> begin(slo, end));
        if (!from.isBefore(end) || now.isBefore(notBefore.getOrDefault(slo.name(), now))) {
            return false;
        }
        Instant to = from.plus(STRETCH).isBefore(end) ? from.plus(STRETCH) : end;
        try {
            write(slo, source(documents.sli(slo)).minutes(new TimeRange(from, to)));
            upTo.put(slo.name(), to);
            wrong.remove(slo.name());
            return true;
        } catch (PrometheusException | IllegalArgumentException e) {
            notBefore.put(slo.name(), now.plus(MINUTE));
            wrong.put(slo.name(), new Problem("prometheus", 1, 1, slo.name(), String.valueOf(e.getMessage())));
            return false;
        }
    }

    private Instant begin(Slo slo, Instant end) {
        Instant last = store.last(slo.name());
        return last == null
                ? end.minus(slo.window().at(end).length()).truncatedTo(ChronoUnit.MINUTES)
                : last.truncatedTo(ChronoUnit.MINUTES).plus(MINUTE);
    }

    private PrometheusSource source(Sli sli) {
        Sli.RatioMetric ratio = sli.ratio();
        MetricSource total = ratio == null ? null : ratio.total();
        if (ratio == null || total == null) {
            throw new IllegalArgumentException(
                    "only a ratioMetric with a total can be counted; write good or bad, and total");
        }
        MetricSource good = ratio.good();
        return good == null ? server.bad(query(ratio.bad()), query(total)) : server.good(query(good), query(total));
    }

    private static String query(@Nullable MetricSource source) {
        String query = source == null ? null : source.query();
        if (query == null) {
            throw new IllegalArgumentException("a metricSource has no spec.query");
        }
        return query;
    }

    /** All at once; with ids, so that two guards of which each thinks it leads count them once. */
    private void write(Slo slo, SortedMap<Instant, Counts> minutes) {
        List<Store.Bulk> bulks = new ArrayList<>();
        minutes.forEach((begin, counts) -> {
            bulks.add(bulk(slo, begin, Event.Outcome.GOOD, counts.good()));
            bulks.add(bulk(slo, begin, Event.Outcome.BAD, counts.bad()));
        });
        if (!bulks.isEmpty()) {
            store.appendBulk(bulks);
        }
    }

    private static Store.Bulk bulk(Slo slo, Instant begin, Event.Outcome outcome, long count) {
        Event event = new Event(
                service(slo) + '/' + begin + '/' + outcome,
                begin.plus(MINUTE).minusMillis(1),
                service(slo),
                null,
                null,
                outcome,
                null,
                Environment.PRODUCTION,
                null,
                null,
                null,
                1,
                false,
                null);
        return new Store.Bulk(event, count);
    }
}
