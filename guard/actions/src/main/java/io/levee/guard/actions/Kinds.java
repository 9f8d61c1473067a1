package io.levee.guard.actions;

import io.levee.guard.store.Ledger;

/** The kinds of entries that this room writes. */
final class Kinds {
    static final String FIRED = "action.fired";
    /** Taken back: by a person, or since the rule is clear again. */
    static final String UNDONE = "action.undone";
    /** Its time is over. */
    static final String EXPIRED = "action.expired";

    static final String DRY = "action.dry";
    /** A guard is about to send a request or to start a program. */
    static final String STARTED = "action.started";
    /** What came of it. */
    static final String RESULT = "action.result";

    static final String ADVICE = "advice";

    private Kinds() {}

    static Ledger.Query all() {
        return Ledger.Query.of("action.", ADVICE);
    }
}
