package io.levee.guard.slo.gate;

import org.jspecify.annotations.Nullable;

/**
 * Where events came from, as far as the gate tells them apart. Immutable.
 *
 * @param environment where
 * @param release the release that answered; null if unknown
 * @param side which side of a canary answered; null where there is none
 */
public record Origin(Environment environment, @Nullable String release, Event.@Nullable Side side) {
    /**
     * Where an event came from.
     *
     * @param event any
     * @return its origin
     */
    public static Origin of(Event event) {
        return new Origin(event.environment(), event.release(), event.side());
    }

    /**
     * Whether these are events of the release that is asked about. A canary's may be told by their side as well as by their
     * environment.
     *
     * @param question what the gate is asked
     * @return whether they are its own
     */
    public boolean isOwn(Question question) {
        if (!question.release().equals(release)) {
            return false;
        }
        return environment == question.environment()
                || (question.environment() == Environment.CANARY
                        && environment == Environment.PRODUCTION
                        && side == Event.Side.CANARY);
    }

    /**
     * Whether these are events of what the release is held against: beside a canary and in production what production runs;
     * staging has a stable side of its own.
     *
     * @param question what the gate is asked
     * @return whether they are the stable side's
     */
    public boolean isStable(Question question) {
        boolean sameUsers = (environment == Environment.STAGING) == (question.environment() == Environment.STAGING);
        return sameUsers && side == Event.Side.STABLE && !question.release().equals(release);
    }
}
