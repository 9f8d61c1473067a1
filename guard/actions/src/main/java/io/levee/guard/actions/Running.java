package io.levee.guard.actions;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request or a program that is on its way. Asked by one thread; never blocks it. */
interface Running {
    /** What came of it, as the record says it; null while it runs. */
    @Nullable
    Map<String, @Nullable Object> poll(Instant now);

    /** Ends it. */
    void stop();
}
