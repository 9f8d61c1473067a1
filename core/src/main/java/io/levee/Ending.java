package io.levee;

import java.util.function.Consumer;
import java.util.function.Function;

/** What the caller gets when a call has failed: the last value, the fallback's answer, or the failure. */
final class Ending {
    private Ending() {}

    /**
     * Ends a failed call. Answers the value for the caller; for none, {@link CallState#thrown} is set.
     *
     * @param hasValue whether the driver still has the value of the last attempt
     */
    static <T extends @Nullable Object> @Nullable T of(
            CallMachine machine, Call<T> call, boolean hasValue, @Nullable T value) {
        Function<Throwable, ? extends T> fallback = call.fallback;
        if (hasValue && endsWithValue(machine) && (fallback == null || !endsInFault(machine))) {
            machine.failed(false);
            return value;
        }
        if (hasValue) {
            discard(call, value);
        }
        Throwable failure = machine.failure();
        T answer = null;
        boolean degraded = false;
        if (fallback != null && allowsFallback(machine, failure)) {
            try {
                answer = fallback.apply(failure);
                degraded = true;
            } catch (Throwable broken) {
                if (broken != failure) {
                    failure.addSuppressed(broken);
                }
            }
        }
        if (!degraded) {
            machine.thrown = failure;
        }
        machine.failed(degraded);
        return answer;
    }

    /** True if what the call ends with is the value that its last attempt returned. */
    private static boolean endsWithValue(CallMachine machine) {
        Decision decision = machine.decision;
        StopReason why = decision == null ? null : decision.stop();
        return machine.lastWasValue
                && why != StopReason.CANCELLED
                && why != StopReason.CLOSED
                && why != StopReason.RULE_FAILED;
    }

    /** True if the downstream, not the request, is to blame for that value. */
    private static boolean endsInFault(CallMachine machine) {
        Verdict verdict = machine.verdict;
        return verdict == null || verdict.health() == Verdict.Health.FAULT;
    }

    /** The value as T: null only where T includes it, as the attempt that returned it says. */
    @SuppressWarnings("NullAway")
    static <T extends @Nullable Object> T present(@Nullable T value) {
        return value;
    }

    private static boolean allowsFallback(CallMachine machine, Throwable failure) {
        Decision decision = machine.decision();
        return !(failure instanceof Error)
                && !(failure instanceof InterruptedException)
                && (decision == null || decision.stop() != StopReason.CANCELLED);
    }

    /** Hands a value that nobody will get to the call's disposal. */
    static <T extends @Nullable Object> void discard(Call<T> call, @Nullable T value) {
        Consumer<? super T> disposal = call.discard;
        if (disposal == null) {
            return;
        }
        try {
            disposal.accept(present(value));
        } catch (Throwable ignored) {
            // The value is not wanted; a failure to dispose of it must not become the call's failure.
        }
    }

    /** Throws any throwable where the compiler only knows the body's own type. */
    @SuppressWarnings("unchecked")
    static <X extends Throwable> RuntimeException sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
