package io.levee.guard.actions;

/** Whether a condition holds. Where there are too few events to tell, it neither holds nor does not. */
enum Truth {
    TRUE,
    FALSE,
    UNKNOWN;

    static Truth of(boolean value) {
        return value ? TRUE : FALSE;
    }
}
