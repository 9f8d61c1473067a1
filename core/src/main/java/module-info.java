/**
 * The engine: retry, backoff, classification, deadlines, cancellation, limiter, breaker, retry budget and
 * bulkhead for the calls to one downstream. Depends on nothing at run time.
 */
@org.jspecify.annotations.NullMarked
module io.levee {
    requires static org.jspecify;

    exports io.levee;

    uses io.levee.Telemetry;
}
