package io.levee;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A deadline and a cancellation that hold for everything done inside: every call of every {@link Levee} made in a scope
 * ends no later than the scope's deadline and is cancelled with it. Scopes form a tree: a scope opened inside another (or
 * inside an attempt) inherits its deadline, can shorten it, never extend it, and is cancelled with it.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open(Duration.ofSeconds(2))) {
 *     Stock stock = inventory.call(attempt -> client.stock(sku));    // at most 2 s
 *     executor.execute(scope.wrap(() -> audit.call(a -> ...)));      // the same 2 s, on another thread
 * }
 * }</pre>
 *
 * <p>A scope that is open is bound to the thread that opened it, until it is closed there. {@link #capture()} and
 * {@link #attach()} carry it to other threads. Closing does not cancel: work handed to other threads goes on until the
 * deadline; {@link #cancel()} ends it.
 *
 * <p>{@link #cancel()}, {@link #isCancelled()}, {@link #remainingNanos()}, {@link #attach()} and the wrapping methods are
 * thread-safe; {@link #close()} belongs to the thread that opened the scope.
 */
public final class Scope extends ScopeMember implements AutoCloseable {
    private final @Nullable Scope parent;
    final TimeSource time;
    final long deadlineNanos;
    /** Of an attempt's scope: where it is cancelled when time is up. */
    private final @Nullable Executor executor;

    /** Written by {@link #serving} before anybody else sees the scope. */
    private int servedAttempt;

    /** Set by whoever drives a call in here that ends, read when the answer is made. */
    private volatile boolean gaveUp;

    /** Guards the member list. Opponents: members that join and leave on their own threads, and the canceller. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Whom a cancellation would tell. */
    @Nullable
    ScopeMember members;

    /** Written under the lock; read without it: a stale false is only a later true. */
    private volatile boolean cancelled;

    /** Only used by the thread that opened the scope. */
    private @Nullable Attachment opened;

    Scope(@Nullable Scope parent, TimeSource time, long deadlineNanos, @Nullable Executor executor) {
        this.executor = executor;
        this.parent = parent;
        this.time = time;
        this.deadlineNanos = deadlineNanos;
        if (parent != null) {
            servedAttempt = parent.servedAttempt;
        }
    }

    /**
     * A scope for a request that a server got: on its own, without what holds on this thread, and bound to no thread yet.
     *
     * @param timeout how long the requester goes on waiting; null if it does not say
     * @param attempt the number of the requester's attempt, 0 or less for its first: where it is a retry already, no call in the scope is retried
     *     at the price of a token, since the requester goes on retrying and the numbers would multiply
     * @return a scope to be {@linkplain #attach() attached}
     * @throws IllegalArgumentException if the timeout is negative
     */
    public static Scope serving(@Nullable Duration timeout, int attempt) {
        TimeSource time = TimeSource.system();
        long deadline = timeout == null ? Nanos.NEVER : Nanos.add(time.nanoTime(), Nanos.of(timeout, "timeout"));
        Scope scope = new Scope(null, time, deadline, null);
        scope.servedAttempt = Math.max(0, attempt);
        return scope;
    }

    /**
     * The number of the attempt of another process that this scope, or one that it was opened in, {@linkplain #serving
     * serves}.
     *
     * @return 0 for a first attempt, or if there is none
     */
    public int servedAttempt() {
        return servedAttempt;
    }

    /**
     * Tells whether a call in here (or further in) has ended in vain after retries, or was not sent because its breaker was open or
     * its retry budget empty: whoever asked for it should not ask again.
     *
     * @return true for good once one has
     */
    public boolean hasGivenUp() {
        return gaveUp;
    }

    void giveUp() {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            scope.gaveUp = true;
        }
    }

    /**
     * Opens a scope on this thread, with the deadline of the scope or attempt that it is opened in.
     *
     * @return the scope; close it on this thread
     */
    public static Scope open() {
        return opened(capture());
    }

    /**
     * Opens a scope on this thread with a deadline.
     *
     * @param timeout the most time that what is done inside may take; cut to what the enclosing scope has left
     * @return the scope; close it on this thread
     * @throws IllegalArgumentException if the timeout is negative
     */
    public static Scope open(Duration timeout) {
        return open(timeout, TimeSource.system());
    }

    /**
     * Opens a scope whose deadline is on a time source other than the system's, for tests in virtual time.
     *
     * @param timeout the most time that what is done inside may take
     * @param time the time source that the guarded calls use
     * @return the scope; close it on this thread
     * @throws IllegalArgumentException if the timeout is negative
     */
    public static Scope open(Duration timeout, TimeSource time) {
        long now = time.nanoTime();
        Frames frames = Frames.current();
        long own = Nanos.add(now, Nanos.of(timeout, "timeout"));
        return opened(frames.childScope(time, Math.min(own, frames.deadlineOn(time, now))));
    }

    private static Scope opened(Scope scope) {
        scope.opened = scope.attach();
        return scope;
    }

    /**
     * A scope for work that leaves this thread: it has the deadline that holds here and is cancelled with what it was
     * captured in: captured in an attempt, at the instant at which the attempt's time is up, even if its code goes on. It is
     * not bound to any thread until it is {@linkplain #attach() attached}.
     *
     * @return a new scope; without an enclosing scope or attempt it has no deadline and is cancelled by nobody else
     */
    public static Scope capture() {
        return Frames.current().childScope();
    }

    /**
     * The scope that is bound to this thread.
     *
     * @return the innermost one, or null
     */
    public static @Nullable Scope current() {
        return Frames.current().scope();
    }

    /**
     * Binds this scope to the calling thread until the attachment is closed.
     *
     * @return the attachment; close it on this thread
     */
    public Attachment attach() {
        return Frames.current().attach(this);
    }

    /**
     * A task that runs in this scope, on whatever thread.
     *
     * @param task the task
     * @return the task in this scope
     */
    public Runnable wrap(Runnable task) {
        return () -> {
            Attachment here = attach();
            try {
                task.run();
            } finally {
                here.close();
            }
        };
    }

    /**
     * A task that runs in this scope, on whatever thread.
     *
     * @param task the task
     * @param <T> its result
     * @return the task in this scope
     */
    public <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
        return () -> {
            Attachment here = attach();
            try {
                return task.call();
            } finally {
                here.close();
            }
        };
    }

    /**
     * The time left.
     *
     * @return nanoseconds, 0 if the deadline has passed, {@link Long#MAX_VALUE} if there is none
     */
    public long remainingNanos() {
        return Nanos.left(deadlineNanos, time);
    }

    /**
     * Tells whether this scope, or one that it was opened in, was cancelled.
     *
     * @return true for good once it was
     */
    public boolean isCancelled() {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            if (scope.cancelled) {
                return true;
            }
        }
        return false;
    }

    /**
     * Cancels everything in this scope: calls that wait end at once, running attempts are interrupted (synchronous) or
     * abandoned (asynchronous), no further attempt is sent. Calling it again does nothing.
     */
    public void cancel() {
        ScopeMember told = null;
        lock.lock();
        try {
            if (cancelled) {
                return;
            }
            cancelled = true;
            ScopeMember member = members;
            members = null;
            leaveParent();
            while (member != null) {
                ScopeMember following = member.next;
                member.memberOf = null;
                member.previous = null;
                member.next = null;
                if (member.isCancelledUnderLock()) {
                    member.scopeCancelled();
                } else {
                    member.next = told;
                    told = member;
                }
                member = following;
            }
        } finally {
            lock.unlock();
        }
        while (told != null) {
            ScopeMember following = told.next;
            told.next = null;
            told.scopeCancelled();
            told = following;
        }
    }

    /** The attempt's time is up. On the timer's thread, which runs nothing of the user's. */
    void timedOut() {
        Executor elsewhere = executor;
        if (elsewhere == null) {
            return;
        }
        try {
            elsewhere.execute(this::cancel);
        } catch (Throwable refused) {
            // Then it is cancelled when the attempt's code returns.
        }
    }

    /**
     * Runs an action when this scope is cancelled; at once if it was.
     *
     * @param action runs on the cancelling thread, or on the {@link Levee}'s executor where an attempt's time is up; must not
     *     block. What it throws goes to that thread's uncaught exception handler and keeps no other action from running
     * @return takes the action back when closed
     */
    public Registration onCancel(Runnable action) {
        CancelAction member = new CancelAction(this, action);
        if (!join(member)) {
            member.scopeCancelled();
        }
        return member;
    }

    /**
     * Adds a member; answers false, and adds nothing, if this scope was cancelled: the member then is told by nobody.
     *
     * <p>A scope is a member of its parent while it has members itself, whether it is open or closed: what was handed
     * over in a scope that has been closed since is still told when the parent is cancelled, and a scope that is captured
     * and never used leaves nothing in a parent that lives for ever.
     */
    boolean join(ScopeMember member) {
        if (isCancelled()) {
            return false;
        }
        lock.lock();
        try {
            if (cancelled) {
                return false;
            }
            if (member instanceof Scope inner && inner.members == null) {
                return true; // joins with its first member
            }
            ScopeMember others = members;
            member.memberOf = this;
            member.next = others;
            members = member;
            if (others != null) {
                others.previous = member;
            } else if (parent != null && !parent.join(this)) {
                // The lock order is from the inner scope to the outer one; a cancellation tells scopes outside its
                // lock.
                members = null;
                member.memberOf = null;
                return false;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Removes a member; when this returns, no cancellation under the lock is under way for it. */
    void leave(ScopeMember member) {
        lock.lock();
        try {
            if (member.memberOf != this) {
                return;
            }
            if (member.previous == null) {
                members = member.next;
            } else {
                member.previous.next = member.next;
            }
            if (member.next != null) {
                member.next.previous = member.previous;
            }
            member.memberOf = null;
            member.previous = null;
            member.next = null;
            if (members == null) {
                leaveParent();
            }
        } finally {
            lock.unlock();
        }
    }

    private void leaveParent() {
        if (parent != null) {
            parent.leave(this);
        }
    }

    /**
     * Unbinds this scope from the thread that opened it. Does not cancel.
     *
     * @throws IllegalStateException on any other thread; the scope then stays as it is
     */
    @Override
    public void close() {
        Attachment here = opened;
        if (here != null) {
            here.close();
            opened = null;
        }
    }

    @Override
    void scopeCancelled() {
        cancel();
    }

    /** A scope bound to a thread. Closed on that thread; attachments are closed in the reverse order of attaching. */
    public interface Attachment extends AutoCloseable {
        @Override
        void close();
    }

    /** An action registered with {@link Scope#onCancel}. */
    public interface Registration extends AutoCloseable {
        /** Takes the action back, if it has not run. */
        @Override
        void close();
    }

    private static final class CancelAction extends ScopeMember implements Registration {
        private final Scope scope;
        private final Runnable action;

        CancelAction(Scope scope, Runnable action) {
            this.scope = scope;
            this.action = action;
        }

        @Override
        public void close() {
            scope.leave(this);
        }

        @Override
        void scopeCancelled() {
            TimerThread.runTask(action); // which reports what it throws: the others must be told
        }
    }
}
