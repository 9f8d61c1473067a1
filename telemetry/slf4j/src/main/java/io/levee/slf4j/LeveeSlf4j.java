package io.levee.slf4j;

import io.levee.Levee;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import io.levee.TimeSource;
import io.levee.redaction.Redaction;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes a structured log of what goes wrong: event {@code task_retry} (INFO) for each retry, event
 * {@code final_error_log} (ERROR, or WARN if a fallback answered) once when a call gives up. To the logger
 * {@code io.levee.NAME} of the downstream NAME, with the key-values of SLF4J 2:
 *
 * <table>
 * <caption>Key-values</caption>
 * <tr><td>event, service, endpoint</td><td>what happened, the downstream, the call's name</td></tr>
 * <tr><td>retry_count</td><td>retries made before this one, from 0; in final_error_log all that were made</td></tr>
 * <tr><td>backoff_ms</td><td>the wait before the retry</td></tr>
 * <tr><td>reason, stop</td><td>the classifier's rule; why the call ended</td></tr>
 * <tr><td>error_type, error_stack</td><td>the exception's class; its whole stack, causes and suppressed ones included,
 * never cut</td></tr>
 * <tr><td>trace_id, span_id</td><td>of the attempt, if telemetry traces, else as the MDC has them</td></tr>
 * <tr><td>elapsed_ms, retry_budget_left, decision</td><td>figures of the decision, and all of them as text</td></tr>
 * <tr><td>suppressed</td><td>entries of this kind that the limit left out since the last one</td></tr>
 * </table>
 *
 * <p>Secrets are {@linkplain Builder#redact(Pattern) redacted} in all of it. The caller's MDC goes along to every thread: it is
 * there in the log entry, and while an asynchronous attempt is started elsewhere. A call that ends with an
 * answer that is nobody's fault (status 404), or because its caller took it back, has not given up, and is not logged.
 *
 * <p>In a storm each kind of entry (event, downstream, reason) is written 10 times and from then on once a second; what was left
 * out is counted in the next one, or 10 s later in an event {@code log_suppressed}. Entries are written by a thread of
 * Levee's own, so that an appender that blocks makes no call late; what comes faster than it takes is dropped beyond 4,096, and
 * counted as well.
 *
 * <p>The jar on the class or module path switches this on for every Levee that names no telemetry itself. Immutable and
 * thread-safe.
 */
public final class LeveeSlf4j implements Telemetry {
    private final Builder settings;

    /** With the defaults; for the service loader too. */
    public LeveeSlf4j() {
        this(new Builder());
    }

    private LeveeSlf4j(Builder settings) {
        this.settings = settings;
    }

    /**
     * Begins to set one up.
     *
     * @return a builder with the defaults
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public @Nullable TelemetrySink sink(Levee levee) {
        Courier courier = Courier.shared();
        return new LogSink(
                levee.name(),
                courier,
                settings.redaction,
                new Repeats(settings.burst, settings.perSecond, settings.summaryAfter.toNanos(), settings.time));
    }

    /** Sets up a {@link LeveeSlf4j}. Not thread-safe. */
    public static final class Builder {
        private long burst = 10;
        private double perSecond = 1;
        private final Duration summaryAfter = Duration.ofSeconds(10);
        private TimeSource time = TimeSource.system();
        private Redaction redaction = Redaction.known();

        private Builder() {}

        /**
         * Sets how often one kind of entry is written. Default 10 at once, then 1 a second.
         *
         * @param atOnce 1 or more
         * @param entriesPerSecond more than zero
         * @return this
         * @throws IllegalArgumentException if out of range
         */
        public Builder limit(long atOnce, double entriesPerSecond) {
            if (atOnce < 1 || !(entriesPerSecond > 0)) {
                throw new IllegalArgumentException("limit must be 1 or more at once and more than 0 a second, is "
                        + atOnce + " and " + entriesPerSecond);
            }
            burst = atOnce;
            perSecond = entriesPerSecond;
            return this;
        }

        /**
         * Adds what is to be hidden besides what {@link Redaction} knows: credentials in URLs, values of query parameters,
         * fields and headers that are named like secrets, bearer and basic credentials, JSON Web Tokens, private keys.
         *
         * @param secret each match is replaced by {@code REDACTED}
         * @return this
         */
        public Builder redact(Pattern secret) {
            redaction = redaction.and(secret);
            return this;
        }

        Builder time(TimeSource source) {
            time = source;
            return this;
        }

        /**
         * Makes it.
         *
         * @return telemetry for any number of Levees
         */
        public LeveeSlf4j build() {
            Builder copy = new Builder();
            copy.burst = burst;
            copy.perSecond = perSecond;
            copy.time = time;
            copy.redaction = redaction;
            return new LeveeSlf4j(copy);
        }
    }
}
