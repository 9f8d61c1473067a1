package io.levee.guard.slo.gate;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/** One objective's events, wherever they are kept: by the minute and by where they came from. */
public interface KeptEvents extends Terms.Source {
    /**
     * Where events came from.
     *
     * @return all that had any
     */
    Collection<Origin> origins();

    /**
     * The minutes in which an origin had events.
     *
     * @param origin one of {@link #origins}
     * @param range the time; a minute belongs to the range in which it begins
     * @return by the minute's first instant
     */
    SortedMap<Instant, Counts> minutes(Origin origin, TimeRange range);

    /**
     * The traces that were kept of an origin's failures: of each minute the {@link FailedCall#KEPT} worst.
     *
     * @param origin one of {@link #origins}
     * @param range the time; a minute belongs to the range in which it begins
     * @return in any order
     */
    List<FailedCall> failedCalls(Origin origin, TimeRange range);
}
