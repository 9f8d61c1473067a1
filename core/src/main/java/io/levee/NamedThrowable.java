package io.levee;

/** Stands for a throwable of which only the class name is known: a log line, another process' answer. */
final class NamedThrowable extends Throwable {
    private static final long serialVersionUID = 1L;

    final String className;
    /** The class, where it could be loaded. */
    final transient @Nullable Class<?> type;

    NamedThrowable(String className, @Nullable String message, @Nullable Throwable cause, @Nullable Class<?> type) {
        super(message, cause, false, false);
        this.className = className;
        this.type = type;
    }

    @SuppressWarnings("OverrideThrowableToString") // stands for a throwable of another class, and prints like it
    @Override
    public String toString() {
        String message = getMessage();
        return message == null ? className : className + ": " + message;
    }
}
