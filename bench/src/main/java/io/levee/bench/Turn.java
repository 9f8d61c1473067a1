package io.levee.bench;

import java.util.function.Function;

/**
 * The same body in four classes, handed out in turn. A peer then sees four classes at the place where it calls the
 * body, as it would in a program with many guarded calls, and the compiler cannot inline the one body there is, which
 * would flatter whoever is small enough to be inlined with it. Warming up with four and measuring with one does not
 * do: the measuring soon outweighs the warm-up in the compiler's profile.
 *
 * <p>Costs every peer, the floor included, about 1 ns a call. Immutable: each thread counts its own {@link Lap}.
 *
 * @param <B> the shape of the body
 */
final class Turn<B> {
    /**
     * Each body has 256 calls in a row: short enough for the compiler's profile to know all four, long enough for the
     * processor to foresee the jump. A change at each call would measure a misprediction of 20 ns and little else.
     */
    private static final int RUN_BITS = 8;

    private final B[] bodies;

    @SafeVarargs
    @SuppressWarnings("varargs") // stays in here
    Turn(B... four) {
        if (four.length != 4) {
            throw new IllegalArgumentException("four bodies take turns, not " + four.length);
        }
        bodies = four.clone();
    }

    /** Each body decorated once, as a program does that keeps what it decorated. */
    @SuppressWarnings("unchecked") // an array of objects, read only as B
    <D> Turn<D> map(Function<? super B, ? extends D> decorator) {
        Object[] decorated = new Object[bodies.length];
        for (int i = 0; i < bodies.length; i++) {
            decorated[i] = decorator.apply(bodies[i]);
        }
        return new Turn<>((D[]) decorated);
    }

    B next(Lap lap) {
        // The compiler knows this pattern and checks no bounds.
        return bodies[(lap.next() >>> RUN_BITS) & (bodies.length - 1)];
    }
}
