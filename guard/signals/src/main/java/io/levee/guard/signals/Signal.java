package io.levee.guard.signals;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One signal as the guard sent it. Immutable.
 *
 * @param name its name
 * @param kind how the value is to be understood: fallback, breaker, limit or weights
 * @param value a boolean, a text, a number, or a map of numbers by target
 * @param left how long it holds from the moment on at which it came
 * @param reason why the guard asks for it, with figures
 */
record Signal(String name, String kind, @Nullable Object value, Duration left, String reason) {}
