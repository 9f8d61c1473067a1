package io.levee.bench;

import java.util.concurrent.atomic.LongAdder;

/** The least that metrics do: one counter of calls. */
final class Heard {
    private final LongAdder calls = new LongAdder();

    void called() {
        calls.increment();
    }
}
