package io.levee;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one thread knows of the calls and scopes that it is in: the deadline that holds here, whom to be cancelled with,
 * and a stack of reusable frames for nested synchronous calls. Confined to its thread.
 */
final class Frames {
    private static final ThreadLocal<Frames> CURRENT = ThreadLocal.withInitial(Frames::new);

    private final Thread owner = Thread.currentThread();
    private Frame[] stack = new Frame[0];
    private int depth;

    /** The innermost scope bound to this thread. */
    private @Nullable Scope scope;

    /** The attempt that runs here, if it is further in than {@link #scope}. */
    private @Nullable Frame running;

    /** The deadline that holds here, and the time source that it is an instant of. */
    private long deadlineNanos = Nanos.NEVER;

    private TimeSource time = TimeSource.system();

    static Frames current() {
        return CURRENT.get();
    }

    /** The frame of a call that begins; {@link #pop} gives it back. */
    Frame push() {
        int level = depth++;
        return level < stack.length ? stack[level] : grow(level);
    }

    private Frame grow(int level) {
        stack = Arrays.copyOf(stack, Math.max(2, level * 2));
        for (int i = level; i < stack.length; i++) {
            stack[i] = new Frame(this, owner);
        }
        return stack[level];
    }

    void pop() {
        depth--;
    }

    /** True if nothing holds on this thread that a call would have to inherit. */
    boolean isBare() {
        return scope == null && running == null && deadlineNanos == Nanos.NEVER;
    }

    @Nullable
    Scope scope() {
        return scope;
    }

    TimeSource time() {
        return time;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** The deadline that holds here as an instant of another time source, which shows {@code nowNanos}. */
    long deadlineOn(TimeSource other, long nowNanos) {
        if (deadlineNanos == Nanos.NEVER || other == time) {
            return deadlineNanos;
        }
        return Nanos.add(nowNanos, Math.max(0, deadlineNanos - time.nanoTime()));
    }

    /** An attempt begins on this thread: what is nested in it inherits its deadline. */
    void enter(Frame frame, TimeSource source, long dueNanos) {
        running = frame;
        time = source;
        deadlineNanos = dueNanos;
    }

    /** The attempt has ended: what held before holds again. */
    void restore(@Nullable Frame outer, TimeSource outerTime, long outerDeadline) {
        running = outer;
        time = outerTime;
        deadlineNanos = outerDeadline;
    }

    @Nullable
    Frame running() {
        return running;
    }

    /** A scope inside of what holds here: cancelled with the running attempt, else with the bound scope. */
    Scope childScope(TimeSource source, long deadline) {
        Scope parent = running == null ? scope : running.attemptScope();
        Scope child = new Scope(parent, source, deadline);
        if (parent != null && !parent.join(child)) {
            child.cancel();
        }
        return child;
    }

    Scope.Attachment attach(Scope inner) {
        Scope outerScope = scope;
        Frame outerRunning = running;
        TimeSource outerTime = time;
        long outerDeadline = deadlineNanos;
        scope = inner;
        running = null;
        time = inner.time();
        deadlineNanos = inner.deadlineNanos();
        return () -> {
            if (Thread.currentThread() != owner) {
                throw new IllegalStateException(
                        "a scope must be closed on the thread that it was bound to (" + owner.getName() + "), not on "
                                + Thread.currentThread().getName());
            }
            scope = outerScope;
            restore(outerRunning, outerTime, outerDeadline);
        };
    }
}
