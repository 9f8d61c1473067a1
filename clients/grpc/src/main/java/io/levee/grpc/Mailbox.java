package io.levee.grpc;

import io.grpc.Context;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The application's callbacks of one call, one after the other in the order in which they were put in, whatever threads
 * their causes come from. Whoever finds nobody delivering delivers, so a callback that is put in by a callback, or by
 * another thread meanwhile, is run by the same thread afterwards.
 */
final class Mailbox {
    private final Context context;
    private final Executor executor;

    /** Both guarded by this object's monitor. Opponents: threads of the attempts, of the engine and of the application. */
    private final Queue<Runnable> letters = new ArrayDeque<>();

    private boolean delivering;

    Mailbox(Context context, Executor executor) {
        this.context = context;
        this.executor = executor;
    }

    /** Puts in a callback; if nobody delivers, the executor does. */
    void put(Runnable callback) {
        synchronized (this) {
            letters.add(callback);
            if (delivering) {
                return;
            }
            delivering = true;
        }
        try {
            executor.execute(this::deliver);
        } catch (RejectedExecutionException shutDown) {
            // Late is worse than on the wrong thread: the application waits for its onClose.
            deliver();
        }
    }

    /** Runs an event that may put in callbacks, then delivers them on this thread, which is the executor's already. */
    void during(Runnable event) {
        boolean mine;
        synchronized (this) {
            mine = !delivering;
            delivering = true;
        }
        try {
            event.run();
        } finally {
            if (mine) {
                deliver();
            }
        }
    }

    private void deliver() {
        Context before = context.attach();
        try {
            for (Runnable letter = next(); letter != null; letter = next()) {
                boolean returned = false;
                try {
                    letter.run();
                    returned = true;
                } finally {
                    if (!returned) {
                        goOnElsewhere();
                    }
                }
            }
        } finally {
            context.detach(before);
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable letter = letters.poll();
        delivering = letter != null;
        return letter;
    }

    /** A callback threw; its exception goes up this thread, and what is left must not wait for it. */
    private void goOnElsewhere() {
        synchronized (this) {
            delivering = false;
            if (letters.isEmpty()) {
                return;
            }
        }
        put(() -> {});
    }
}
