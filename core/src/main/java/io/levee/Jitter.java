package io.levee;

/** The ways to spread a delay. All are applied to the delay that the cap has already cut, so they survive at the cap. */
enum Jitter {
    /** The delay as it is. */
    NONE(""),
    /** Evenly over delay x (1 - factor) to delay x (1 + factor), at least 1 ms. */
    FACTOR(".jitter("),
    /** Evenly over 0 to the delay (Brooker: Exponential Backoff And Jitter, 2015). */
    FULL(".fullJitter()"),
    /** Half of the delay, and evenly over the other half (same source). */
    EQUAL(".equalJitter()"),
    /** Evenly over the base to three times the wait before, at most the cap (same source). */
    DECORRELATED(".decorrelatedJitter()");

    /** How it is set, as a policy's text shows it. */
    final String setting;

    Jitter(String setting) {
        this.setting = setting;
    }
}
