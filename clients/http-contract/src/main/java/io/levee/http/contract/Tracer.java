package io.levee.http.contract;

import io.levee.CallTarget;
import io.levee.CallView;
import io.levee.TelemetrySink;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** Telemetry that gives every attempt a header of its own, and writes down what adapters tell. */
public final class Tracer implements TelemetrySink {
    /** Method, host, port, template, URL of each call. */
    public final List<String> targets = new CopyOnWriteArrayList<>();
    /** Status of each attempt. */
    public final List<Integer> statuses = new CopyOnWriteArrayList<>();

    @Override
    public Object callStarted(CallView call) {
        CallTarget to = call.call().target();
        targets.add(to.protocol()
                + ' '
                + to.method()
                + ' '
                + to.address()
                + ' '
                + to.port()
                + ' '
                + to.template()
                + ' '
                + to.url());
        return new AtomicInteger(-1);
    }

    @Override
    public void attemptStarted(CallView call, Object state) {
        ((AtomicInteger) state).set(call.attempt());
    }

    @Override
    public void attemptEnded(CallView call, Object state) {
        statuses.add(call.outcome() == null ? 0 : call.outcome().status());
    }

    @Override
    public void inject(Object state, int attempt, BiConsumer<String, String> header) {
        header.accept("traceparent", "attempt-" + state);
    }
}
