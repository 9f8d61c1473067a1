package io.levee.guard.signals;

import io.levee.TimeSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The signals that hold, each until its own time is over, whether the guard is heard of or not; and what is bound to them.
 * Thread-safe; who reads a signal takes no lock.
 */
final class Board {
    private static final Logger LOG = System.getLogger(GuardSignals.class.getName());

    private final TimeSource time;

    /** Replaced as a whole, under the lock. */
    private volatile Map<String, Held> held = Map.of();

    private volatile @Nullable String problem;

    /** Guards what follows: messages, ends of signals and new bindings come on different threads. */
    private final Object lock = new Object();

    private final Map<String, List<Binding>> bindings = new HashMap<>();
    private TimeSource.@Nullable Timeout end;
    private boolean closed;

    Board(TimeSource time) {
        this.time = time;
    }

    /** A signal, and the instant at which it is over. */
    record Held(Signal signal, long untilNanos) {}

    /** The signal of a name that holds now; null for none. */
    @Nullable
    Signal get(String name) {
        Held found = held.get(name);
        return found == null || time.nanoTime() >= found.untilNanos ? null : found.signal;
    }

    /** All that hold now. */
    List<Signal> all() {
        long now = time.nanoTime();
        return held.values().stream()
                .filter(each -> now < each.untilNanos)
                .map(Held::signal)
                .toList();
    }

    /** What could not be done last; null if nothing. */
    @Nullable
    String problem() {
        return problem;
    }

    void bind(String name, Binding binding) {
        synchronized (lock) {
            bindings.computeIfAbsent(name, key -> new ArrayList<>()).add(binding);
            Signal signal = get(name);
            if (signal != null && !closed) {
                apply(binding, signal);
            }
        }
    }

    /** From now on these hold, and no others. */
    void set(List<Signal> signals) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            long now = time.nanoTime();
            Map<String, Held> next = new HashMap<>();
            for (Signal signal : signals) {
                long left = signal.left().toNanos();
                if (left > 0) {
                    next.put(signal.name(), new Held(signal, now + left));
                }
            }
            change(next);
        }
    }

    private void change(Map<String, Held> next) {
        Map<String, Held> before = held;
        held = Map.copyOf(next);
        bindings.forEach((name, bound) -> {
            Signal was = signal(before.get(name));
            Signal is = signal(next.get(name));
            if (is == null && was != null) {
                bound.forEach(Binding::release);
            } else if (is != null
                    && (was == null || !was.kind().equals(is.kind()) || !Objects.equals(was.value(), is.value()))) {
                bound.forEach(binding -> apply(binding, is));
            }
        });
        TimeSource.Timeout old = end;
        end = next.isEmpty()
                ? null
                : time.schedule(
                        next.values().stream().mapToLong(Held::untilNanos).min().orElseThrow(), this::expire);
        if (old != null) {
            old.cancel();
        }
    }

    private static @Nullable Signal signal(@Nullable Held held) {
        return held == null ? null : held.signal;
    }

    private void expire() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            long now = time.nanoTime();
            Map<String, Held> next = new HashMap<>(held);
            next.values().removeIf(each -> now >= each.untilNanos);
            change(next);
        }
    }

    private void apply(Binding binding, Signal signal) {
        try {
            binding.apply(signal);
        } catch (IllegalArgumentException e) {
            binding.release();
            String told = "signal '" + signal.name() + "' is not followed: " + e.getMessage();
            problem = told;
            LOG.log(Level.WARNING, told);
        }
    }

    /** Takes everything back. */
    void close() {
        synchronized (lock) {
            change(Map.of());
            closed = true;
        }
    }
}
