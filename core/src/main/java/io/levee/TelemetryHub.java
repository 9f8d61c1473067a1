package io.levee;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * Tells the sinks of one downstream, and keeps what they throw from the calls (invariant 10). What a call keeps for its
 * sinks is an array in their order, made only if one of them wants to keep something.
 */
final class TelemetryHub {
    private static final TelemetrySink[] NONE = {};

    /** What lies on the class or module path. Looked for once, when the first Levee is built that wants it. */
    static final List<Telemetry> FOUND = new CopyOnWriteArrayList<>(find());

    private final String downstream;
    final AtomicLong failures = new AtomicLong();
    /** None if no provider wants to be told. */
    final TelemetrySink[] sinks;

    boolean timesEveryCall;

    TelemetryHub(Levee levee, List<Telemetry> providers) {
        downstream = levee.name();
        List<TelemetrySink> made = new ArrayList<>();
        for (Telemetry provider : providers) {
            try {
                TelemetrySink sink = provider.sink(levee);
                if (sink != null) {
                    timesEveryCall |= sink.timesEveryCall();
                    made.add(sink);
                }
            } catch (LinkageError missing) {
                // Its jar is there, and one that it needs is not. One line, and of what was found by itself only once.
                FOUND.remove(provider);
                warn(
                        "telemetry left out: " + provider.getClass().getName() + " needs what is not there: " + missing,
                        null);
            } catch (Throwable broken) {
                failed(broken);
            }
        }
        sinks = made.toArray(NONE);
    }

    static void warn(String what, @Nullable Throwable why) {
        System.getLogger("io.levee").log(System.Logger.Level.WARNING, what, why);
    }

    private static List<Telemetry> find() {
        List<Telemetry> found = new ArrayList<>();
        Iterator<Telemetry> all = ServiceLoader.load(Telemetry.class, Telemetry.class.getClassLoader())
                .iterator();
        // Bounded, since an iterator over a path that cannot be read may fail again and again.
        for (int i = 0; i < 100; i++) {
            try {
                if (!all.hasNext()) {
                    break;
                }
                found.add(all.next());
            } catch (ServiceConfigurationError broken) {
                warn("telemetry left out: it could not be loaded", broken);
            }
        }
        return found;
    }

    private void failed(Throwable broken) {
        // Once, not for every call: a sink that fails in a storm must not become a log storm.
        if (failures.getAndIncrement() == 0) {
            warn(downstream + ": telemetry threw; further ones are counted", broken);
        }
    }

    @Nullable
    Object @Nullable [] callStarted(CallView call) {
        TelemetrySink[] all = sinks;
        @Nullable Object[] states = null;
        for (int i = 0; i < all.length; i++) {
            try {
                Object state = all[i].callStarted(call);
                if (state != null) {
                    if (states == null) {
                        states = new Object[all.length];
                    }
                    states[i] = state;
                }
            } catch (Throwable broken) {
                failed(broken);
            }
        }
        return states;
    }

    static final int LIMITER_WAITED = 0;
    static final int ATTEMPT_STARTED = 1;
    static final int ATTEMPT_LEFT = 2;
    static final int ATTEMPT_ENDED = 3;
    static final int RETRY_SCHEDULED = 4;
    static final int CALL_ENDED = 5;
    static final int BREAKER_CHANGED = 6;
    static final int CLOSED = 7;
    static final int TRACEPARENT = 8;
    static final int INJECT = 9;

    /**
     * Tells every sink, or asks them until one answers. One loop for all, since each would be the same but for one call.
     *
     * @param what which method of the sinks
     * @param nanos how long the limiter took, or the number of the attempt that asks for headers
     * @param with the decision, the change of the breaker, or where headers go
     * @return the traceparent
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // what is told decides what is given
    @Nullable
    String tell(
            int what,
            @Nullable CallView call,
            @Nullable Object @Nullable [] states,
            long nanos,
            @Nullable Object with) {
        TelemetrySink[] all = sinks;
        for (int n = 0; n < all.length; n++) {
            // What is bound to a thread is unbound in the reverse order.
            int i = what == ATTEMPT_LEFT ? all.length - 1 - n : n;
            TelemetrySink sink = all[i];
            Object state = states == null ? null : states[i];
            try {
                switch (what) {
                    case LIMITER_WAITED -> sink.limiterWaited(call, state, nanos);
                    case ATTEMPT_ENDED -> sink.attemptEnded(call, state);
                    case RETRY_SCHEDULED -> sink.retryScheduled(call, state, (Decision) with);
                    case CALL_ENDED -> sink.callEnded(call, state);
                    case BREAKER_CHANGED -> sink.breakerChanged((LeveeEvent.BreakerChanged) with);
                    case CLOSED -> sink.closed();
                    default -> {
                        if (state == null) {
                            continue;
                        }
                        switch (what) {
                            case ATTEMPT_STARTED -> sink.attemptStarted(call, state);
                            case ATTEMPT_LEFT -> sink.attemptLeft(state);
                            case INJECT -> sink.inject(state, (int) nanos, (BiConsumer<String, String>) with);
                            default -> {
                                String found = sink.traceparent(state);
                                if (found != null) {
                                    return found;
                                }
                            }
                        }
                    }
                }
            } catch (Throwable broken) {
                failed(broken);
            }
        }
        return null;
    }
}
