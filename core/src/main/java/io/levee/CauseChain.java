package io.levee;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A failure with its causes. Stateless. */
public final class CauseChain {
    /** Chains can be cycles, or be built by an attacker's payload; what is longer than this is cut. */
    static final int MAX_DEPTH = 64;

    private CauseChain() {}

    /**
     * Builds a failure out of class names, for tools that judge what they read in a log. The {@link Classifier}s of
     * this library judge it as they would the real one; a class that the loader does not find counts by its exact name
     * only, without its superclasses. No class is initialised and no constructor runs.
     *
     * @param classNames the failure's class and those of its causes, outermost first; names beyond the 64th are ignored
     * @param messages their messages, in the same order; may be shorter than the names and contain null
     * @param loader where to look for the classes
     * @return a throwable that stands for the outermost one
     * @throws IllegalArgumentException if there is no name
     */
    public static Throwable named(
            List<String> classNames, List<? extends @Nullable String> messages, ClassLoader loader) {
        if (classNames.isEmpty()) {
            throw new IllegalArgumentException("a cause chain has at least one class name, this list is empty");
        }
        NamedThrowable built = null;
        for (int i = Math.min(classNames.size(), MAX_DEPTH) - 1; i >= 0; i--) {
            String name = classNames.get(i);
            built = new NamedThrowable(name, i < messages.size() ? messages.get(i) : null, built, load(name, loader));
        }
        return java.util.Objects.requireNonNull(built);
    }

    private static @Nullable Class<?> load(String name, ClassLoader loader) {
        try {
            Class<?> type = Class.forName(name, false, loader);
            return Throwable.class.isAssignableFrom(type) ? type : null;
        } catch (ClassNotFoundException | LinkageError e) {
            // Not on this class path, or not loadable here: its exact name still counts.
            return null;
        }
    }

    /**
     * True if nothing hangs on a failure: most failures are so, and each look at the causes and the suppressed ones of a
     * throwable takes its lock. Here it is taken once for both.
     */
    static boolean isBare(Throwable failure) {
        synchronized (failure) {
            return failure.getCause() == null && failure.getSuppressed().length == 0;
        }
    }

    /** The first throwable of a type in a failure's cause chain, the failure itself included. */
    static <X extends Throwable> @Nullable X find(@Nullable Throwable failure, Class<X> type) {
        Throwable t = failure;
        for (int depth = 0; t != null && depth < MAX_DEPTH; depth++) {
            if (type.isInstance(t)) {
                return type.cast(t);
            }
            t = t.getCause();
        }
        return null;
    }

    /**
     * Tells whether a throwable of a class stands in a failure's cause chain, the failure itself included. The class is
     * given by name, so that it need not be present here.
     *
     * @param failure the failure
     * @param className the class' binary name; its subclasses count too
     * @return true if one does
     */
    public static boolean contains(@Nullable Throwable failure, String className) {
        Throwable t = failure;
        for (int depth = 0; t != null && depth < MAX_DEPTH; depth++) {
            if (isA(t, className)) {
                return true;
            }
            t = t.getCause();
        }
        return false;
    }

    private static boolean isA(Throwable t, String className) {
        Class<?> type = t.getClass();
        if (t instanceof NamedThrowable named) {
            if (named.className.equals(className)) {
                return true;
            }
            type = named.type;
        }
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            if (c.getName().equals(className)) {
                return true;
            }
        }
        return false;
    }
}
