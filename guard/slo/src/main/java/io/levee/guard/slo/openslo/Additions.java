package io.levee.guard.slo.openslo;

import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.Exclusion;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Slices;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.gate.GatePolicy;
import java.util.List;

/**
 * What Levee adds to an objective by annotations. Immutable.
 *
 * @param minimumTotal from how many events on the answer means anything; 1 if left out
 * @param degradedWeight what a degraded event costs; 0 if left out
 * @param noData what becomes of a slice without events; not judged if left out
 * @param earlier targets that were in force before
 * @param exclusions time that does not count
 * @param burnRules the rows of the burn-rate alerts; the standard four if left out
 * @param minimumBad how many events must have failed in a row's long window; 1 if left out
 * @param gate how much a release may cost
 */
public record Additions(
        long minimumTotal,
        Ratio degradedWeight,
        Slices.NoData noData,
        List<Terms.EarlierTarget> earlier,
        List<Exclusion> exclusions,
        List<BurnRule> burnRules,
        long minimumBad,
        GatePolicy gate) {
    /** With no annotation at all. */
    static final Additions NONE = new Additions(
            1, Ratio.ZERO, Slices.NoData.EXCLUDE, List.of(), List.of(), BurnRule.STANDARD, 1, GatePolicy.DEFAULT);
}
