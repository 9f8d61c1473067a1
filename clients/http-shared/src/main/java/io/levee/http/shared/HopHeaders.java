package io.levee.http.shared;

import io.levee.Scope;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one service tells the next one about the call that both work for, and how it is read again: the time left, the number
 * of the attempt, and that no other attempt shall be made. Stateless.
 */
public final class HopHeaders {
    /** In requests: how many milliseconds the caller goes on waiting. */
    public static final String DEADLINE = "Levee-Timeout-Ms";

    /** In requests that are a retry, or are made for one: how many attempts came before. Absent in others. */
    public static final String ATTEMPT = "Levee-Attempt";

    /** In answers: {@value #NO_RETRY} if this server has retried in vain already, so that its caller must not. */
    public static final String SHOULD_RETRY = "Levee-Should-Retry";

    /** The one value of {@link #SHOULD_RETRY} that means anything. */
    public static final String NO_RETRY = "false";

    private static final int MAX_ATTEMPT = 1_000_000;
    private static final int MAX_DIGITS = 18;

    private HopHeaders() {}

    /**
     * The value of {@link #ATTEMPT} for an attempt of a call that begins on this thread.
     *
     * @param number the attempt's number within the call
     * @param served {@link #servedHere} when the call began
     * @return null for a first attempt that is made for a first one
     */
    public static @Nullable String attempt(int number, int served) {
        int sum = number + served;
        return sum == 0 ? null : Integer.toString(Math.min(sum, MAX_ATTEMPT));
    }

    /**
     * The number of the attempt that what happens on this thread is done for.
     *
     * @param given the values of {@link #ATTEMPT} in the caller's request, which a proxy may have passed on
     * @return 0 for a first one
     */
    public static int servedHere(List<String> given) {
        Scope scope = Scope.current();
        int served = attempt(given);
        return scope == null ? served : Math.max(served, scope.servedAttempt());
    }

    /**
     * Reads {@link #ATTEMPT}.
     *
     * @param values of all headers of that name
     * @return the highest number; 0 if there is none
     */
    public static int attempt(List<String> values) {
        long highest = 0;
        for (String value : values) {
            highest = Math.max(highest, number(value.strip(), 0));
        }
        return (int) Math.min(highest, MAX_ATTEMPT);
    }

    /**
     * Reads the deadline header.
     *
     * @param values of all headers of that name
     * @return the lowest number of milliseconds; null if there is none
     */
    public static @Nullable Duration timeLeft(List<String> values) {
        long lowest = shortest(Long.MAX_VALUE, values);
        return lowest == Long.MAX_VALUE ? null : Duration.ofMillis(lowest);
    }

    /**
     * Whether an answer says that no other attempt shall be made.
     *
     * @param values of all {@link #SHOULD_RETRY} headers
     * @return true if one of them says so
     */
    static boolean forbidsRetry(List<String> values) {
        return values.stream().anyMatch(value -> value.strip().equalsIgnoreCase(NO_RETRY));
    }

    /** The lowest of some milliseconds and those that the values say. */
    static long shortest(long millis, List<String> values) {
        long lowest = millis;
        for (String value : values) {
            lowest = Math.min(lowest, number(value.strip(), lowest));
        }
        return lowest;
    }

    /** A number of many digits is longer than any deadline, unless they are zeros. */
    private static long number(String value, long otherwise) {
        if (value.isEmpty() || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return otherwise;
        }
        int first = 0;
        while (first < value.length() - 1 && value.charAt(first) == '0') {
            first++;
        }
        return value.length() - first > MAX_DIGITS ? otherwise : Long.parseLong(value, first, value.length(), 10);
    }
}
