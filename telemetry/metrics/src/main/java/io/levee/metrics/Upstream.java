package io.levee.metrics;

import io.levee.Breaker;
import io.levee.Levee;
import io.levee.LeveeState;
import io.levee.StopReason;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What was counted of one downstream, by however many Levees of that name. */
final class Upstream {
    private static final long AMPLIFICATION_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Rather than a deque that grows with every scrape: what is kept of a minute of them. */
    private static final int MARKS = 64;

    final String name;
    final Recorder recorder;
    final LongAdder succeededAtOnce = new LongAdder();
    final LongAdder savedByRetry = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder fallbacks = new LongAdder();
    final LongAdder firstAttemptsFailed = new LongAdder();
    final LongAdder retries = new LongAdder();
    final Map<StopReason, LongAdder> stops = adders(StopReason.class);
    final Map<StopReason, LongAdder> refusals = adders(StopReason.class);
    final Map<Breaker.State, LongAdder> transitions = adders(Breaker.State.class);
    final Map<RetryKey, LongAdder> retriesByStatus = new ConcurrentHashMap<>();
    final Map<String, Failures> failures = new ConcurrentHashMap<>();
    /** What the exporter was told of. */
    final Set<Series> series = ConcurrentHashMap.newKeySet();

    private final CopyOnWriteArrayList<WeakReference<Levee>> levees = new CopyOnWriteArrayList<>();

    /** What the counts were at scrapes of the last minute, oldest first. Guarded by itself. */
    private final Deque<Mark> marks = new ArrayDeque<>();

    Upstream(String name, Recorder recorder, long nowNanos) {
        this.name = name;
        this.recorder = recorder;
        marks.add(new Mark(nowNanos, 0, 0));
    }

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        Map<E, LongAdder> adders = new EnumMap<>(type);
        for (E one : type.getEnumConstants()) {
            adders.put(one, new LongAdder());
        }
        return adders;
    }

    /** One combination of a metric's labels. */
    record Series(Metric metric, List<String> labels) {}

    /** The endpoint and what the retry came to. */
    record RetryKey(String endpoint, String status) {}

    /** Failures of one reason: all of them, and those of the last minute. */
    record Failures(LongAdder all, FailureWindow recent) {
        Failures() {
            this(new LongAdder(), new FailureWindow());
        }
    }

    private record Mark(long nanos, long first, long attempts) {}

    void attach(Levee levee) {
        levees.removeIf(one -> one.get() == null);
        levees.add(new WeakReference<>(levee));
    }

    /** The states of those that are in use. */
    List<LeveeState> states() {
        List<LeveeState> states = new ArrayList<>();
        for (WeakReference<Levee> reference : levees) {
            Levee levee = reference.get();
            LeveeState state = levee == null ? null : levee.state();
            if (state == null || state.closed()) {
                levees.remove(reference);
            } else {
                states.add(state);
            }
        }
        return states;
    }

    long firstAttempts() {
        return succeededAtOnce.sum() + firstAttemptsFailed.sum();
    }

    /**
     * Attempts for each first one between the newest reading that is at least a minute old (or the oldest there is) and
     * now; NaN if there were none.
     */
    double amplification(long nowNanos) {
        // In this order: a retry is counted after its first attempt, so the ratio is never below 1.
        long again = retries.sum();
        long first = firstAttempts();
        synchronized (marks) {
            while (marks.size() > 1 && isOld(second(), nowNanos)) {
                marks.removeFirst();
            }
            Mark from = marks.getFirst();
            Mark last = marks.getLast();
            if (marks.size() < MARKS || nowNanos - last.nanos > AMPLIFICATION_NANOS / MARKS) {
                marks.addLast(new Mark(nowNanos, first, first + again));
            }
            long since = first - from.first;
            return since <= 0 ? Double.NaN : (first + again - from.attempts) / (double) since;
        }
    }

    private Mark second() {
        var all = marks.iterator();
        all.next();
        return all.next();
    }

    private static boolean isOld(Mark mark, long nowNanos) {
        return nowNanos - mark.nanos >= AMPLIFICATION_NANOS;
    }
}
