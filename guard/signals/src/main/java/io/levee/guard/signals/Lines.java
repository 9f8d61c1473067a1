package io.levee.guard.signals;

import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a stream of server-sent events line by line. One thread at a time calls it, as Flow says. */
final class Lines implements Flow.Subscriber<String> {
    private static final int LONGEST_EVENT = 1 << 20;

    private final String wanted;
    private final Runnable heard;
    private final Consumer<String> event;
    private final Runnable ended;
    private final StringBuilder data = new StringBuilder();
    private String name = "";

    /** By the subscriber's thread, and by whoever cancels. */
    private volatile Flow.@Nullable Subscription subscription;

    private volatile boolean cancelled;

    /**
     * Of one stream.
     *
     * @param wanted the name of the events that matter
     * @param heard told of every line, heartbeats included
     * @param event told of every event's data
     * @param ended told once, when no more will come
     */
    Lines(String wanted, Runnable heard, Consumer<String> event, Runnable ended) {
        this.wanted = wanted;
        this.heard = heard;
        this.event = event;
        this.ended = ended;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (cancelled) {
            given.cancel();
            return;
        }
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
        heard.run();
        if (line.isEmpty()) {
            if (name.equals(wanted) && data.length() > 0) {
                event.accept(data.toString());
            }
            data.setLength(0);
            name = "";
        } else if (line.startsWith("event:")) {
            name = line.substring("event:".length()).strip();
        } else if (line.startsWith("data:") && data.length() + line.length() < LONGEST_EVENT) {
            data.append(line, "data:".length(), line.length()).append('\n');
        }
    }

    @Override
    public void onError(Throwable failure) {
        ended.run();
    }

    @Override
    public void onComplete() {
        ended.run();
    }

    void cancel() {
        cancelled = true;
        Flow.Subscription known = subscription;
        if (known != null) {
            known.cancel();
        }
    }
}
