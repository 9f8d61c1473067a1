package io.levee.lab.storm;

/** Something that happens at an instant of virtual time. One object may be scheduled again once it has happened. */
abstract class Event {
    /** Set by the {@link EventLoop}: when, and which of several at one instant. */
    long atNanos;

    long order;

    /** It happens, with the clock at its instant. */
    abstract void happen(long nowNanos);
}
