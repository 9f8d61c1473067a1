package io.levee.lab.storm;

/** One client process' way of calling a service: a retry loop, a peer's rules, or the library itself. */
interface Guard {
    /**
     * Makes a call.
     *
     * @param to the service
     * @param end is told how it ended, once, and not within this method's own attempt
     */
    void call(Service to, CallEnd end);

    /** Who waits for a call. */
    @FunctionalInterface
    interface CallEnd {
        /** The call has ended. */
        void ended(boolean succeeded, long nowNanos);
    }
}
