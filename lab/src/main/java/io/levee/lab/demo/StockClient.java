package io.levee.lab.demo;

import java.io.IOException;

/** How the order service asks inventory: the one thing in which the two sides differ. */
interface StockClient extends AutoCloseable {
    /** How long one attempt may take, on both sides. */
    long ATTEMPT_TIMEOUT_MILLIS = 500;

    /** Attempts of a call in all, on both sides. */
    int ATTEMPTS = 3;

    /**
     * Asks for the stock of an article.
     *
     * @return the answer, or a stand-in for it
     * @throws IOException if there is no answer and no stand-in
     * @throws InterruptedException if the thread is interrupted
     */
    Stock stock(String sku) throws IOException, InterruptedException;

    /** What the live view shows of the client's own state. */
    Guard guard();

    @Override
    void close();

    /**
     * An answer.
     *
     * @param body what inventory said, or what stands in for it
     * @param degraded whether it is a stand-in
     */
    record Stock(String body, boolean degraded) {}

    /**
     * A client's own state.
     *
     * @param breaker the breaker's state, {@code none} without one
     * @param retryBudgetLeft tokens in the retry budget, NaN without one
     */
    record Guard(String breaker, double retryBudgetLeft) {
        static final Guard NONE = new Guard("none", Double.NaN);
    }
}
