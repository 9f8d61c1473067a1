package io.levee.guard.review;

import io.levee.guard.slo.Ratio;
import io.levee.guard.store.Ledger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A new target that is to be voted on.
 *
 * @param id the number of its ledger entry
 * @param month of the review that it came of
 * @param slo the objective's name
 * @param from the target when it was made
 * @param to the target that it asks for
 * @param reason why
 * @param by whose token made it
 * @param at when
 * @param closes when the vote ends, and the new target begins: the next period
 * @param diff of the OpenSLO file
 */
record Proposal(
        String id,
        YearMonth month,
        String slo,
        Ratio from,
        Ratio to,
        String reason,
        String by,
        Instant at,
        Instant closes,
        String diff) {
    static final String KIND = "review.proposal";

    static Map<String, @Nullable Object> data(
            YearMonth month, Ratio from, Ratio to, String reason, Instant closes, String diff) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("month", month.toString());
        data.put("from", from.toString());
        data.put("to", to.toString());
        data.put("reason", reason);
        data.put("closes", closes.toString());
        data.put("diff", diff);
        return data;
    }

    /** Null if the entry is not of this guard's making. */
    static @Nullable Proposal of(Ledger.Entry entry) {
        Map<String, @Nullable Object> data = entry.data();
        String slo = entry.slo();
        if (slo == null) {
            return null;
        }
        try {
            return new Proposal(
                    Long.toString(entry.seq()),
                    YearMonth.parse(text(data, "month")),
                    slo,
                    Ratio.parse(text(data, "from")),
                    Ratio.parse(text(data, "to")),
                    text(data, "reason"),
                    entry.actor(),
                    entry.at(),
                    Instant.parse(text(data, "closes")),
                    text(data, "diff"));
        } catch (DateTimeException | IllegalArgumentException e) {
            return null;
        }
    }

    private static String text(Map<String, @Nullable Object> data, String field) {
        return String.valueOf(data.get(field));
    }
}
