package io.levee.stress;

import org.jspecify.annotations.Nullable;

/**
 * What an object should do if one thread at a time used it.
 *
 * @param <S> its states: immutable, with {@code equals} and {@code hashCode}
 * @param <O> its operations, each with the answer that was seen
 */
public interface Model<S, O> {
    /** The state of a new object. */
    S initial();

    /**
     * In how many atomic steps an operation takes effect. More than one is a relaxation, and the model that needs it
     * says why: others may come between the steps, but all steps lie between the operation's beginning and end.
     */
    default int steps(O what) {
        return 1;
    }

    /**
     * The state after a step of an operation.
     *
     * @param state the state before
     * @param what the operation, with its answer
     * @param step from 0
     * @param owner tells this operation from all others of its history: a state that remembers who is between two
     *     steps does so by it
     * @return the next state; null if in this state the operation would have answered otherwise
     */
    @Nullable
    S next(S state, O what, int step, int owner);
}
