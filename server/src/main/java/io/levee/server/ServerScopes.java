package io.levee.server;

import io.levee.Scope;
import io.levee.http.shared.HopHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the scope of a request is made from its headers, and what its answer says of retries. Immutable and thread-safe.
 *
 * <p>The deadline is the lowest of {@code Levee-Timeout-Ms}, {@code grpc-timeout} and the server's own {@link #longest}; the
 * attempt is {@code Levee-Attempt}. What cannot be read says nothing. Both are the caller's word: they shorten what the
 * server does for this very request, and nothing else.
 */
public final class ServerScopes {
    /** gRPC over HTTP/2: up to 8 digits and a unit. */
    private static final Pattern GRPC_TIMEOUT = Pattern.compile("([0-9]{1,8})([HMSmun])");

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int LOWEST_SERVER_ERROR = 500;

    private final String deadlineHeader;
    private final @Nullable Duration longest;

    private ServerScopes(String deadlineHeader, @Nullable Duration longest) {
        this.deadlineHeader = deadlineHeader;
        this.longest = longest;
    }

    /**
     * The headers that Levee's clients send, and no limit of the server's own.
     *
     * @return the defaults
     */
    public static ServerScopes standard() {
        return new ServerScopes(HopHeaders.DEADLINE, null);
    }

    /**
     * These with another header for the time left, as the clients' {@code deadlineHeader} sets it.
     *
     * @param name the header's name; its value is a number of milliseconds
     * @return a copy
     */
    public ServerScopes deadlineHeader(String name) {
        return new ServerScopes(Objects.requireNonNull(name, "name"), longest);
    }

    /**
     * These with a limit on what any request may take, whatever its caller says. Default: none.
     *
     * @param time more than zero
     * @return a copy
     * @throws IllegalArgumentException if the time is zero or negative
     */
    public ServerScopes longest(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("longest must be more than zero, is " + time);
        }
        return new ServerScopes(deadlineHeader, time);
    }

    /**
     * The scope of a request that has come now.
     *
     * @param headers the values of a header by its name, whatever its case; empty if it is missing
     * @return bound to no thread yet
     */
    public Scope scope(Function<String, List<String>> headers) {
        Duration left = shorter(HopHeaders.timeLeft(headers.apply(deadlineHeader)), longest);
        for (String value : headers.apply("grpc-timeout")) {
            left = shorter(left, grpcTimeout(value.strip()));
        }
        return Scope.serving(left, HopHeaders.attempt(headers.apply(HopHeaders.ATTEMPT)));
    }

    /** Whether an answer with this status must say that its caller shall not try again. */
    static boolean forbidsRetry(Scope scope, int status) {
        return (status >= LOWEST_SERVER_ERROR || status == TOO_MANY_REQUESTS) && scope.hasGivenUp();
    }

    private static @Nullable Duration grpcTimeout(String value) {
        Matcher parts = GRPC_TIMEOUT.matcher(value);
        if (!parts.matches()) {
            return null;
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "H" -> Duration.ofHours(number);
            case "M" -> Duration.ofMinutes(number);
            case "S" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMillis(number);
            case "u" -> Duration.ofNanos(number * 1000);
            default -> Duration.ofNanos(number);
        };
    }

    private static @Nullable Duration shorter(@Nullable Duration one, @Nullable Duration other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) <= 0 ? one : other;
    }
}
