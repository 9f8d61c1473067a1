package io.levee.cli;

/** A mistake of the user's: its message is all that he sees, and the exit code is 2. */
class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UserError(String message) {
        super(message, null, false, false);
    }
}
