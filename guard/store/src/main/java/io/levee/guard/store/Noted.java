package io.levee.guard.store;

import io.levee.guard.slo.gate.FailedCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What is kept of single calls, of a minute and an origin: the worst failures, and some decision records. Immutable.
 *
 * @param failed worst first
 * @param decisions in the order of time
 */
record Noted(List<FailedCall> failed, List<Store.RetryDecision> decisions) {
    static final Noted NOTHING = new Noted(List.of(), List.of());

    /** As many as traces: they are to show what was decided, and how many there were is counted in attempts. */
    private static final int DECISIONS = FailedCall.KEPT;

    /** Whichever guard adds them up in whichever order, the same ones stay. */
    private static final Comparator<Store.RetryDecision> EARLIEST_FIRST = Comparator.comparing(
                    Store.RetryDecision::time)
            .thenComparing(Store.RetryDecision::text)
            .thenComparing(decision -> String.valueOf(decision.traceId()));

    /** The failures end with a 1 or 2 for their outcome, so what is kept of older guards reads on. */
    private static final int DECISION = 3;

    static Noted of(Store.RetryDecision decision) {
        return new Noted(List.of(), List.of(decision));
    }

    boolean isEmpty() {
        return failed.isEmpty() && decisions.isEmpty();
    }

    boolean wants(FailedCall call) {
        return failed.size() < FailedCall.KEPT
                || FailedCall.WORST_FIRST.compare(call, failed.get(failed.size() - 1)) < 0;
    }

    Noted plus(Noted other) {
        List<Store.RetryDecision> all = decisions;
        if (!other.decisions.isEmpty()) {
            all = new ArrayList<>(decisions);
            all.addAll(other.decisions);
            all.sort(EARLIEST_FIRST);
            all = List.copyOf(all.subList(0, Math.min(DECISIONS, all.size())));
        }
        return new Noted(other.failed.isEmpty() ? failed : FailedCall.worst(failed, other.failed), all);
    }

    int size() {
        return failed.size() + decisions.size();
    }

    void write(Packed.Writer out) {
        failed.forEach(call -> TraceChunk.write(call, out));
        for (Store.RetryDecision decision : decisions) {
            Instant time = decision.time();
            out.number(time.getEpochSecond());
            out.number(time.getNano());
            out.text(decision.traceId());
            out.number(DECISION);
            out.text(decision.rule());
            out.text(decision.text());
        }
    }

    /** One of either. */
    static Noted read(Packed.Reader in) {
        Instant time = Instant.ofEpochSecond(in.number(), in.number());
        String trace = in.text();
        long outcome = in.number();
        if (outcome == DECISION) {
            return of(new Store.RetryDecision(time, trace, text(in), text(in)));
        }
        if (outcome != TraceChunk.BAD && outcome != TraceChunk.DEGRADED) {
            throw new StoreException(
                    "there is a note of kind " + outcome
                            + ", which this guard does not know: a newer guard wrote it; use that one or a back-up from before it");
        }
        return new Noted(List.of(TraceChunk.read(time, trace, outcome, in)), List.of());
    }

    private static String text(Packed.Reader in) {
        String text = in.text();
        return text == null ? "" : text;
    }
}
