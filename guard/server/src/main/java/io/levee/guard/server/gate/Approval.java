package io.levee.guard.server.gate;

import java.time.Instant;

/**
 * Somebody with the lead role lets a release go on. Immutable.
 *
 * @param by whose token
 * @param at when
 * @param until how long it holds
 * @param reason why
 */
public record Approval(String by, Instant at, Instant until, String reason) {}
