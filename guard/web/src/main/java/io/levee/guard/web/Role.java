package io.levee.guard.web;

/** What a token may do. Each role may do what those before it may, except that {@link #INGEST} may only write events. */
public enum Role {
    /** Send events, and read nothing. */
    INGEST,
    /** Read. */
    VIEWER,
    /** Ask the gate, attach reports, vote. */
    RELEASE,
    /** Approve, undo actions. */
    LEAD,
    /** Tokens and everything else. */
    ADMIN;

    /**
     * Whether this role will do.
     *
     * @param least what is needed
     * @return whether it may
     */
    public boolean may(Role least) {
        return compareTo(least) >= 0;
    }
}
