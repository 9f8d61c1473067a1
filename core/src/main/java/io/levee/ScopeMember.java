package io.levee;

/** A call or a wait: is cancelled with its scope, and told when its Levee closes. An intrusive list node, so that joining a scope allocates nothing. */
abstract class ScopeMember {
    /** Guarded by the lock of the scope that this is a member of, like the two neighbours. */
    @Nullable
    Scope memberOf;

    @Nullable
    ScopeMember previous;

    @Nullable
    ScopeMember next;

    /**
     * The scope was cancelled.
     *
     * <p>Called once, by the cancelling thread. A member whose {@link #isCancelledUnderLock} is true is told while the
     * scope's lock is held, so that after {@link Scope#leave} returns it can be used again: no late cancellation of an
     * earlier use can reach it.
     */
    abstract void scopeCancelled();

    /** The Levee was closed, with this {@linkplain Engine#register registered}. */
    void leveeClosed() {}

    /** True for members that are reused; their {@link #scopeCancelled} must be short and must not call out. */
    boolean isCancelledUnderLock() {
        return false;
    }
}
