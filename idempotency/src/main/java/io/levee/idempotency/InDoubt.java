package io.levee.idempotency;

/**
 * What is done about work that was begun and whose owner is gone (its process was killed, its machine lost) without an answer:
 * nobody knows how far it came. An application that can look, because it knows what the work leaves behind, decides here.
 *
 * <p>Called on the request's thread, after the lease has ended; may block. Thread-safe.
 */
@FunctionalInterface
public interface InDoubt {
    /**
     * Decides.
     *
     * @param request the one that has come again
     * @param key its key
     * @param takeovers how often the work was begun again already
     * @return what to do
     */
    Ruling rule(RequestHead request, String key, int takeovers);

    /** What to do. */
    sealed interface Ruling {
        /** Begin the work again: nothing of it was done, or doing it again does no harm. */
        record TakeOver() implements Ruling {}

        /** Leave it, and answer that the work is in doubt (status 500). */
        record Refuse() implements Ruling {}

        /**
         * The work was done: this is its answer, now and from now on.
         *
         * @param answer what the lost owner would have said
         */
        record Answer(StoredResponse answer) implements Ruling {}
    }
}
