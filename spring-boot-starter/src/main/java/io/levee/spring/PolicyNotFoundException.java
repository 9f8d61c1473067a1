package io.levee.spring;

/** The policy file that {@code levee.policy} names is not there, or cannot be read. */
final class PolicyNotFoundException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PolicyNotFoundException(String message, Throwable cause) {
        super(message, cause);
    }
}
