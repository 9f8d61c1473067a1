package io.levee;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What calls allocate on the thread that makes them. */
final class Allocation {
    /** Many enough that what the measuring itself allocates, some hundred bytes in all, is less than a byte a call. */
    static final int CALLS = 20_000;

    private Allocation() {}

    /** The bytes that {@link #CALLS} runs allocate, after as many to warm up. */
    static long ofWarm(Runnable call) {
        repeat(call);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        repeat(call);
        return threads.getThreadAllocatedBytes(thread) - before;
    }

    private static void repeat(Runnable call) {
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
    }
}
