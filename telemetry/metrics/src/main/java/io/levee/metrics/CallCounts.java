package io.levee.metrics;

import io.levee.CallView;
import io.levee.Decision;
import io.levee.Levee;
import io.levee.StopReason;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what became of calls, for whoever wants plain numbers without an exporter:
 *
 * <pre>{@code
 * CallCounts counts = new CallCounts();
 * Levee inventory = Levee.named("inventory").alsoTell(counts).build();
 * counts.snapshot().savedByRetry();
 * }</pre>
 *
 * <p>One for each Levee; given to several it counts the calls of all. A call that succeeds at its first attempt costs one
 * addition to a striped counter, and nothing is allocated.
 *
 * <p>Thread-safe and lock-free. Counts only grow. Labels are bounded: by {@link StopReason}, and by rule up to {@value
 * #MAX_RULES} of them, beyond which retries count under {@value #OTHER_RULES}.
 */
public final class CallCounts implements Telemetry, TelemetrySink {
    /** As many rules as are told apart; the shipped ones are fewer than half of that. */
    static final int MAX_RULES = 64;

    /** The rule under which retries are counted when {@link #MAX_RULES} are told apart already. */
    static final String OTHER_RULES = "_OTHER";

    private final LongAdder succeededAtOnce = new LongAdder();
    private final LongAdder savedByRetry = new LongAdder();
    private final LongAdder degraded = new LongAdder();
    /** Attempts of all calls, but for one of each of those whose first attempt succeeded. */
    private final LongAdder furtherAttempts = new LongAdder();

    private final EnumMap<StopReason, LongAdder> stopped = new EnumMap<>(StopReason.class);
    private final ConcurrentHashMap<String, LongAdder> retriesByRule = new ConcurrentHashMap<>();

    /** All counts at 0. */
    public CallCounts() {
        for (StopReason reason : StopReason.values()) {
            stopped.put(reason, new LongAdder());
        }
    }

    @Override
    public TelemetrySink sink(Levee levee) {
        return this;
    }

    @Override
    public boolean timesEveryCall() {
        return false;
    }

    @Override
    public void callEnded(CallView call, @Nullable Object state) {
        int attempts = call.attemptsMade();
        StopReason why = call.stop();
        if (why != null) {
            failed(attempts, why, call.decision());
        } else if (attempts == 1) {
            succeededAtOnce.increment();
        } else if (call.attempt() == 0) { // before its hedge did
            succeededAtOnce.increment();
            furtherAttempts.add(attempts - 1);
        } else {
            savedByRetry.increment();
            furtherAttempts.add(attempts);
        }
    }

    private void failed(int attempts, StopReason why, @Nullable Decision decision) {
        furtherAttempts.add(attempts);
        LongAdder counter = stopped.get(why);
        if (counter != null) {
            counter.increment();
        }
        if (decision != null && decision.degraded()) {
            degraded.increment();
        }
    }

    @Override
    public void retryScheduled(CallView call, @Nullable Object state, Decision decision) {
        String rule = decision.rule();
        LongAdder counter = retriesByRule.get(rule);
        if (counter == null) {
            // Threads that add the last rules at the same moment may make it a few more; it stays bounded.
            String label = retriesByRule.size() < MAX_RULES ? rule : OTHER_RULES;
            LongAdder added = new LongAdder();
            LongAdder known = retriesByRule.putIfAbsent(label, added);
            counter = known == null ? added : known;
        }
        counter.increment();
    }

    /**
     * What was counted so far.
     *
     * @return a snapshot; figures of calls that end meanwhile may be in one count and not yet in another
     */
    public Snapshot snapshot() {
        Map<StopReason, Long> failures = new EnumMap<>(StopReason.class);
        long failed = 0;
        for (Map.Entry<StopReason, LongAdder> one : stopped.entrySet()) {
            long count = one.getValue().sum();
            if (count > 0) {
                failures.put(one.getKey(), count);
                failed += count;
            }
        }
        Map<String, Long> retries = new TreeMap<>();
        for (Map.Entry<String, LongAdder> one : retriesByRule.entrySet()) {
            retries.put(one.getKey(), one.getValue().sum());
        }
        long atOnce = succeededAtOnce.sum();
        long saved = savedByRetry.sum();
        return new Snapshot(
                atOnce + saved + failed,
                atOnce,
                saved,
                degraded.sum(),
                atOnce + furtherAttempts.sum(),
                Map.copyOf(failures),
                Map.copyOf(retries));
    }

    /**
     * Counts since the beginning. Immutable.
     *
     * @param calls calls that have ended
     * @param succeededAtOnce calls whose first attempt succeeded
     * @param savedByRetry calls that a later attempt made succeed
     * @param degraded calls that the fallback answered; they are among those that were stopped
     * @param attempts attempts of the calls that have ended
     * @param stopped calls that ended without success, by reason; reasons that did not occur are absent
     * @param retries retries that were decided on, by the rule of the classifier that led to them
     */
    public record Snapshot(
            long calls,
            long succeededAtOnce,
            long savedByRetry,
            long degraded,
            long attempts,
            Map<StopReason, Long> stopped,
            Map<String, Long> retries) {}
}
