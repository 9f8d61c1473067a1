package io.levee.guard.actions;

import io.levee.guard.web.Routes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The signals in force, and those who are told of them. Thread-safe. */
final class SignalBoard {
    static final String EVENT = "signals";

    private final Journal journal;
    private final List<Routes.StreamSink> sinks = new CopyOnWriteArrayList<>();

    /** Guarded by this, so that whoever comes gets the present ones first and no change is told before an earlier one. */
    private List<Map<String, @Nullable Object>> told = List.of();

    SignalBoard(Journal journal) {
        this.journal = journal;
    }

    /** What is in force: of several actions on one signal the latest; taken back, the one before it holds again. */
    private List<Map<String, @Nullable Object>> inForce(Instant now) {
        Map<String, Deed> byName = new TreeMap<>();
        for (Deed deed : journal.deeds().values()) {
            if (!deed.dry && deed.type().equals(Effect.Signal.TYPE) && deed.isOpen(now)) {
                byName.put(Data.text(deed.fired, "target"), deed);
            }
        }
        List<Map<String, @Nullable Object>> signals = new ArrayList<>();
        byName.forEach((name, deed) -> {
            Map<String, @Nullable Object> signal = new LinkedHashMap<>();
            signal.put("name", name);
            signal.put("kind", Data.text(deed.fired, "kind"));
            signal.put("value", deed.fired.data().get("value"));
            signal.put("until", deed.until.toString());
            signal.put("reason", Data.text(deed.fired, "reason"));
            signals.add(signal);
        });
        return signals;
    }

    Map<String, @Nullable Object> snapshot(Instant now) {
        return message(inForce(now), now);
    }

    private Map<String, @Nullable Object> message(List<Map<String, @Nullable Object>> signals, Instant now) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("seq", journal.seq());
        // Whoever reads it reckons with the time that is left, not with clocks that differ.
        message.put("at", now.toString());
        message.put("signals", signals);
        return message;
    }

    /** Tells everybody if something has changed. */
    synchronized void publish(Instant now) {
        List<Map<String, @Nullable Object>> signals = inForce(now);
        if (!signals.equals(told)) {
            told = signals;
            Map<String, @Nullable Object> message = message(signals, now);
            sinks.forEach(sink -> sink.send(EVENT, message));
        }
    }

    /** Tells a client of the present ones now, and of changes from now on. */
    synchronized AutoCloseable open(Routes.StreamSink sink, Instant now) {
        sink.send(EVENT, snapshot(now));
        sinks.add(sink);
        return () -> sinks.remove(sink);
    }
}
