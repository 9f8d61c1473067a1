package io.levee.guard.web;

import org.jspecify.annotations.Nullable;

/** Whose token it is. Called for each request, on any thread: keep it fast. */
@FunctionalInterface
public interface Tokens {
    /**
     * Looks a token up, in a time that does not tell how much of it is right.
     *
     * @param token what the client sent
     * @return whose it is; null for one that is unknown, expired or revoked
     */
    @Nullable
    Principal check(String token);

    /**
     * Who a token speaks for. Immutable.
     *
     * @param name the token's name, which the record shows
     * @param role what it may do
     */
    record Principal(String name, Role role) {}
}
