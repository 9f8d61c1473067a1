package io.levee;

import io.levee.Breaker.Snapshot;
import io.levee.Breaker.State;

/** Is told of each transition of a breaker once, by the thread that made it, which waits for it. */
interface TransitionListener {
    /**
     * A transition has been made. Calls for two transitions may overlap or come in the wrong order; the generation
     * tells which was first.
     *
     * @param from the state before
     * @param to the state now
     * @param reason why, with figures, for a person
     * @param nowNanos the instant that the deciding caller handed in, {@link Breaker#NO_INSTANT} if there was none
     * @param figures of the state now; its counts are those that opened the breaker
     */
    void onTransition(State from, State to, String reason, long nowNanos, Snapshot figures);
}
