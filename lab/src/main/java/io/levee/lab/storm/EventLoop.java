package io.levee.lab.storm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: events in the order of their instants, those of one instant in the order in which they were scheduled.
 * Single-threaded.
 *
 * <p>Most events of a storm come a fixed time after they were scheduled (a message on its way, an attempt's timeout), so
 * they arrive in order: they stand in lanes, plain queues, and only what is left needs the heap. What is next is the
 * earliest of the heads. There is no removal: an event that is not wanted any more happens, and does nothing.
 */
final class EventLoop {
    /** Above zero: code that takes an instant of 0 for 'not set' must not work by luck. */
    static final long START_NANOS = 1_000_000_000L;

    /** For messages on their way. */
    private final Lane transit = new Lane();
    /** For timers, most of which are attempts' timeouts. */
    private final Lane timers = new Lane();

    private @Nullable Event[] heap = new Event[256];
    private int size;
    private long orders;
    private long nowNanos = START_NANOS;
    private long happened;
    private @Nullable Throwable failure;

    long nowNanos() {
        return nowNanos;
    }

    /** How many events have happened. */
    long happened() {
        return happened;
    }

    /** Schedules an event; an instant that has passed means at once. */
    void schedule(Event event, long atNanos) {
        stamp(event, atNanos);
        push(event);
    }

    /** Schedules a message, which comes as long after now as all of them. */
    void scheduleMessage(Event event, long atNanos) {
        stamp(event, atNanos);
        addTo(transit, event);
    }

    /** Schedules a timer. */
    void scheduleTimer(Event event, long atNanos) {
        stamp(event, atNanos);
        addTo(timers, event);
    }

    private void stamp(Event event, long atNanos) {
        event.atNanos = Math.max(atNanos, nowNanos);
        event.order = orders++;
    }

    private void addTo(Lane lane, Event event) {
        if (lane.takes(event)) {
            lane.add(event);
        } else {
            push(event);
        }
    }

    /** Something is broken: the run must not end as if nothing were. */
    void fail(Throwable broken) {
        failure = broken;
    }

    /** Lets everything happen that is due before an instant, and leaves the clock there. */
    void runUntil(long endNanos) {
        while (true) {
            Event next = size == 0 ? null : heap[0];
            Lane from = null;
            Event message = transit.head();
            if (message != null && (next == null || isBefore(message, next))) {
                next = message;
                from = transit;
            }
            Event timer = timers.head();
            if (timer != null && (next == null || isBefore(timer, next))) {
                next = timer;
                from = timers;
            }
            if (next == null || next.atNanos >= endNanos) {
                nowNanos = Math.max(nowNanos, endNanos);
                return;
            }
            if (from == null) {
                pop();
            } else {
                from.remove();
            }
            nowNanos = next.atNanos;
            happened++;
            next.happen(nowNanos);
            if (failure != null) {
                throw new IllegalStateException("the simulation broke at " + nowNanos, failure);
            }
        }
    }

    private static boolean isBefore(Event a, Event b) {
        return a.atNanos < b.atNanos || (a.atNanos == b.atNanos && a.order < b.order);
    }

    private void push(Event event) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            Event above = at(parent);
            if (!isBefore(event, above)) {
                break;
            }
            heap[at] = above;
            at = parent;
        }
        heap[at] = event;
    }

    private void pop() {
        Event last = at(--size);
        heap[size] = null;
        if (size == 0) {
            return;
        }
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && isBefore(at(child + 1), at(child))) {
                child++;
            }
            if (!isBefore(at(child), last)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
    }

    private Event at(int index) {
        Event event = heap[index];
        if (event == null) {
            throw new AssertionError("nothing at " + index + " of " + size);
        }
        return event;
    }

    /** Events in the order of their instants. */
    private static final class Lane {
        /** An event that far behind the last one of a lane is not let in: it would keep the ones that follow it out. */
        private static final long WIDEST_NANOS = 250_000_000L;

        private @Nullable Event[] ring = new Event[256];
        private int first;
        private int count;
        private long lastNanos;

        /** Whether an event fits in behind all others. A lane that is empty takes any. */
        boolean takes(Event event) {
            return count == 0 || (event.atNanos >= lastNanos && event.atNanos - lastNanos <= WIDEST_NANOS);
        }

        @Nullable
        Event head() {
            return count == 0 ? null : ring[first];
        }

        void add(Event event) {
            if (count == ring.length) {
                @Nullable Event[] larger = new Event[count * 2];
                System.arraycopy(ring, first, larger, 0, count - first);
                System.arraycopy(ring, 0, larger, count - first, first);
                ring = larger;
                first = 0;
            }
            ring[(first + count++) & (ring.length - 1)] = event;
            lastNanos = event.atNanos;
        }

        void remove() {
            ring[first] = null;
            first = (first + 1) & (ring.length - 1);
            count--;
        }
    }
}
