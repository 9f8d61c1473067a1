package io.levee.idempotency;

/** What a server does with a request. */
sealed interface Admission {
    /**
     * Hand it on as if there were no key.
     *
     * @param read what was read of the body already; the rest is still to come
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    record Pass(byte[] read) implements Admission {
        static final Pass UNREAD = new Pass(new byte[0]);
    }

    /**
     * Send this instead.
     *
     * @param answer a problem or a replay
     */
    record Answer(StoredResponse answer) implements Admission {}

    /**
     * Do the work, then tell {@link KeyedWork#finish} or {@link KeyedWork#fail}.
     *
     * @param work the work
     * @param body the request's, whole
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    record Work(KeyedWork work, byte[] body) implements Admission {}
}
