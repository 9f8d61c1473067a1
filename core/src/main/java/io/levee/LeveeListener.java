package io.levee;

/**
 * Hears of events. Called on a thread of its own, one event at a time and in order, so whatever a listener does (throw,
 * block, take its time) never changes the outcome of a call or the time that it takes. Events that come faster than the
 * listener takes them are dropped beyond a bound of 8,192; {@link LeveeState#eventsDropped()} counts them.
 */
@FunctionalInterface
public interface LeveeListener {
    /**
     * An event happened.
     *
     * @param event what happened
     */
    void on(LeveeEvent event);
}
