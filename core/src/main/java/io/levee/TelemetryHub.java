package io.levee;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the sinks of one downstream, and keeps what they throw from the calls (invariant 10). What a call keeps for its
 * sinks is an array in their order, made only if one of them wants to keep something.
 */
final class TelemetryHub {
    static final System.Logger LOG = System.getLogger("io.levee");

    private static final TelemetrySink[] NONE = {};

    private final String downstream;
    private final AtomicLong failures = new AtomicLong();
    private final TelemetrySink[] sinks;
    private boolean timesEveryCall;

    private TelemetryHub(Levee levee, List<Telemetry> providers) {
        downstream = levee.name();
        List<TelemetrySink> made = new ArrayList<>();
        for (Telemetry provider : providers) {
            try {
                TelemetrySink sink = provider.sink(levee);
                if (sink != null) {
                    timesEveryCall |= sink.timesEveryCall();
                    made.add(sink);
                }
            } catch (Throwable broken) {
                failed(broken);
            }
        }
        sinks = made.toArray(NONE);
    }

    /** Null if no provider wants to be told. */
    static @Nullable TelemetryHub of(Levee levee, List<Telemetry> providers) {
        TelemetryHub hub = new TelemetryHub(levee, providers);
        return hub.sinks.length == 0 ? null : hub;
    }

    boolean timesEveryCall() {
        return timesEveryCall;
    }

    long failures() {
        return failures.get();
    }

    private void failed(Throwable broken) {
        // Once, not for every call: a sink that fails in a storm must not become a log storm.
        if (failures.getAndIncrement() == 0) {
            LOG.log(System.Logger.Level.WARNING, downstream + ": telemetry threw; further ones are counted", broken);
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

    void limiterWaited(CallView call, @Nullable Object @Nullable [] states, long waitedNanos) {
        tell(LIMITER_WAITED, call, states, waitedNanos, null);
    }

    void attemptStarted(CallView call, @Nullable Object[] states) {
        tell(ATTEMPT_STARTED, call, states, 0, null);
    }

    void attemptEnded(CallView call, @Nullable Object @Nullable [] states) {
        tell(ATTEMPT_ENDED, call, states, 0, null);
    }

    void retryScheduled(CallView call, @Nullable Object @Nullable [] states, Decision decision) {
        tell(RETRY_SCHEDULED, call, states, 0, decision);
    }

    void callEnded(CallView call, @Nullable Object @Nullable [] states) {
        tell(CALL_ENDED, call, states, 0, null);
    }

    private static final int LIMITER_WAITED = 0;
    private static final int ATTEMPT_STARTED = 1;
    private static final int ATTEMPT_ENDED = 2;
    private static final int RETRY_SCHEDULED = 3;
    private static final int CALL_ENDED = 4;

    /** One loop for all: what differs is a constant, which the compiler folds. */
    private void tell(
            int what, CallView call, @Nullable Object @Nullable [] states, long nanos, @Nullable Decision decision) {
        TelemetrySink[] all = sinks;
        for (int i = 0; i < all.length; i++) {
            TelemetrySink sink = all[i];
            Object state = states == null ? null : states[i];
            try {
                switch (what) {
                    case LIMITER_WAITED -> sink.limiterWaited(call, state, nanos);
                    case ATTEMPT_STARTED -> {
                        if (state != null) {
                            sink.attemptStarted(call, state);
                        }
                    }
                    case ATTEMPT_ENDED -> sink.attemptEnded(call, state);
                    case RETRY_SCHEDULED -> {
                        if (decision != null) {
                            sink.retryScheduled(call, state, decision);
                        }
                    }
                    default -> sink.callEnded(call, state);
                }
            } catch (Throwable broken) {
                failed(broken);
            }
        }
    }

    /** In the reverse order of {@link #attemptStarted}, as what is bound to a thread must be unbound. */
    void attemptLeft(@Nullable Object[] states) {
        TelemetrySink[] all = sinks;
        for (int i = all.length - 1; i >= 0; i--) {
            Object state = states[i];
            if (state != null) {
                try {
                    all[i].attemptLeft(state);
                } catch (Throwable broken) {
                    failed(broken);
                }
            }
        }
    }

    void breakerChanged(LeveeEvent.BreakerChanged change) {
        for (TelemetrySink sink : sinks) {
            try {
                sink.breakerChanged(change);
            } catch (Throwable broken) {
                failed(broken);
            }
        }
    }

    void closed() {
        for (TelemetrySink sink : sinks) {
            try {
                sink.closed();
            } catch (Throwable broken) {
                failed(broken);
            }
        }
    }

    @Nullable
    String traceparent(@Nullable Object[] states) {
        TelemetrySink[] all = sinks;
        for (int i = 0; i < all.length; i++) {
            Object state = states[i];
            if (state != null) {
                try {
                    String found = all[i].traceparent(state);
                    if (found != null) {
                        return found;
                    }
                } catch (Throwable broken) {
                    failed(broken);
                }
            }
        }
        return null;
    }

    void inject(@Nullable Object[] states, BiConsumer<String, String> header) {
        TelemetrySink[] all = sinks;
        for (int i = 0; i < all.length; i++) {
            Object state = states[i];
            if (state != null) {
                try {
                    all[i].inject(state, header);
                } catch (Throwable broken) {
                    failed(broken);
                }
            }
        }
    }
}
