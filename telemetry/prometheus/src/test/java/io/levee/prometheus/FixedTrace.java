package io.levee.prometheus;

import io.levee.CallView;
import io.levee.Levee;
import io.levee.Telemetry;
import io.levee.TelemetrySink;

/** Says that every call is in one trace, as a tracer's sink would. */
final class FixedTrace implements Telemetry {
    private final String traceparent;

    FixedTrace(String traceparent) {
        this.traceparent = traceparent;
    }

    @Override
    public TelemetrySink sink(Levee levee) {
        return new TelemetrySink() {
            @Override
            public Object callStarted(CallView call) {
                return traceparent;
            }

            @Override
            public String traceparent(Object state) {
                return traceparent;
            }
        };
    }
}
