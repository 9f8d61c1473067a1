package io.levee;

import java.util.Arrays;

/**
 * What one thread knows of the calls and scopes that it is in: the deadline that holds here, whom to be cancelled with,
 * and a stack of reusable frames for nested synchronous calls. Confined to its thread.
 *
 * <p>Also the first attempt of a call that has no frame, for it has no deadline, budget or anything else that an attempt could ask
 * about.
 */
final class Frames implements Attempt {
    private static final ThreadLocal<Frames> CURRENT = new ThreadLocal<>();

    private final Thread owner = Thread.currentThread();
    private @Nullable Frame[] stack = new Frame[2];
    private int depth;

    /** The innermost scope bound to this thread. */
    private @Nullable Scope scope;

    /** How many frames are further out than {@link #scope}. */
    private int scopeDepth;

    private @Nullable Binding innermostBinding;

    static Frames current() {
        Frames frames = CURRENT.get();
        return frames == null ? fresh() : frames;
    }

    private static Frames fresh() {
        Frames frames = new Frames();
        CURRENT.set(frames);
        return frames;
    }

    /** The frame of a call that begins; {@link #pop} gives it back. */
    Frame push() {
        int level = depth++;
        @Nullable Frame[] frames = stack;
        Frame kept = level < frames.length ? frames[level] : null;
        return kept == null ? make(level) : kept;
    }

    private Frame make(int level) {
        if (level >= stack.length) {
            stack = Arrays.copyOf(stack, level * 2);
        }
        Frame made = new Frame(this, owner, level);
        stack[level] = made;
        return made;
    }

    void pop(Frame frame) {
        frame.end();
        depth--;
    }

    /** True if nothing holds on this thread that a call would have to inherit. */
    boolean isBare() {
        return scope == null && depth == 0;
    }

    @Override
    public int number() {
        return 0;
    }

    @Override
    public long remainingNanos() {
        return Nanos.NEVER;
    }

    @Override
    public boolean isCancelled() {
        return Thread.currentThread().isInterrupted();
    }

    /** True if the call that was pushed last is all that there is on this thread. */
    boolean isOutermost() {
        return scope == null && depth == 1;
    }

    @Nullable
    Scope scope() {
        return scope;
    }

    /**
     * The innermost attempt that runs here, if it is further in than {@link #scope}. Looked for when somebody asks, which
     * is rare, instead of being written by every attempt: a reference in an object that is kept costs a write barrier.
     */
    @Nullable
    Frame running() {
        return running(depth);
    }

    private @Nullable Frame running(int below) {
        for (int level = below - 1; level >= scopeDepth; level--) {
            Frame frame = stack[level];
            if (frame != null && frame.inAttempt) {
                return frame;
            }
        }
        return null;
    }

    /** The deadline that holds here as an instant of a time source, which shows {@code nowNanos}. */
    long deadlineOn(TimeSource source, long nowNanos) {
        Frame running = running();
        if (running != null) {
            return running.dueOn(source, nowNanos);
        }
        Scope bound = scope;
        return bound == null ? Nanos.NEVER : moved(bound.deadlineNanos, bound.time, source, nowNanos);
    }

    /** A deadline of one time source as an instant of another one, which shows {@code nowNanos}. */
    static long moved(long deadline, TimeSource from, TimeSource to, long nowNanos) {
        if (deadline == Nanos.NEVER || from == to) {
            return deadline;
        }
        return Nanos.add(nowNanos, Math.max(0, deadline - from.nanoTime()));
    }

    /** A scope inside of what holds here: cancelled with the running attempt, else with the bound scope. */
    Scope childScope(TimeSource source, long deadline) {
        Scope parent = innermost();
        Scope child = new Scope(parent, source, deadline, null);
        if (parent != null && !parent.join(child)) {
            child.cancel();
        }
        return child;
    }

    /** A scope inside of what holds here, with the same deadline. */
    Scope childScope() {
        Scope parent = innermost();
        return parent == null
                ? childScope(TimeSource.system(), Nanos.NEVER)
                : childScope(parent.time, parent.deadlineNanos);
    }

    /** What holds here as a scope: the running attempt's, else the bound one; null for nothing. */
    @Nullable
    Scope innermost() {
        return innermost(depth);
    }

    /** What holds round the frame of a level. */
    @Nullable
    Scope innermost(int level) {
        Frame running = running(level);
        return running == null ? scope : running.attemptScope();
    }

    /**
     * The scope that a synchronous call at a level has to join. A synchronous attempt round it reaches it by an interrupt
     * of the thread that they share; an asynchronous one that is being started does not.
     */
    @Nullable
    Scope cancelling(int level) {
        Frame running = running(level);
        return running != null && running.starting != null ? running.attemptScope() : scope;
    }

    Scope.Attachment attach(Scope inner) {
        Binding binding = new Binding();
        scope = inner;
        scopeDepth = depth;
        innermostBinding = binding;
        return binding;
    }

    /** A scope bound to this thread, and what held before. */
    private final class Binding implements Scope.Attachment {
        private final @Nullable Scope outerScope = scope;
        private final int outerDepth = scopeDepth;
        private final @Nullable Binding outerBinding = innermostBinding;
        private boolean closed;

        @Override
        public void close() {
            if (Thread.currentThread() != owner) {
                throw new IllegalStateException(
                        "a scope must be closed on the thread that it was bound to (" + owner.getName() + "), not on "
                                + Thread.currentThread().getName());
            }
            if (closed) {
                return;
            }
            if (innermostBinding != this) {
                throw new IllegalStateException(
                        "scopes are unbound in the reverse order of binding; one that was bound to " + owner.getName()
                                + " after this one is still bound: close that first");
            }
            closed = true;
            scope = outerScope;
            scopeDepth = outerDepth;
            innermostBinding = outerBinding;
        }
    }
}
