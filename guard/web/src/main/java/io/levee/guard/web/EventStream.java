package io.levee.guard.web;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * One client of a stream. What is sent goes through a bounded queue, one write at a time, so that no sender ever waits for a
 * client; a client whose queue is full is dropped, and comes back by itself as browsers do. Thread-safe.
 */
final class EventStream implements Routes.StreamSink {
    private static final byte[] HEARTBEAT = ": still here\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BEGIN = "retry: 3000\n\n".getBytes(StandardCharsets.UTF_8);

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final int most;
    private final BooleanSupplier mayStay;
    private final Runnable gone;

    private final Object lock = new Object();
    private final Queue<byte[]> queue = new ArrayDeque<>();
    private boolean writing;
    private boolean ended;
    private @Nullable AutoCloseable subscription;
    private Scheduler.@Nullable Task heartbeat;

    EventStream(
            Request request, Response response, Callback callback, int most, BooleanSupplier mayStay, Runnable gone) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.most = most;
        this.mayStay = mayStay;
        this.gone = gone;
    }

    void begin(long heartbeatMs) {
        request.addFailureListener(failure -> end(failure));
        offer(BEGIN);
        beat(heartbeatMs);
    }

    /** What to close when the client is gone; at once if it is already. */
    void subscribed(AutoCloseable closeable) {
        boolean late;
        synchronized (lock) {
            late = ended;
            subscription = closeable;
        }
        if (late) {
            close(closeable);
        }
    }

    @Override
    public void send(String event, Object json) {
        String data = new String(Json.bytes(json), StandardCharsets.UTF_8);
        offer(("event: " + event + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    private void beat(long heartbeatMs) {
        Scheduler scheduler = request.getComponents().getScheduler();
        synchronized (lock) {
            if (ended) {
                return;
            }
            heartbeat = scheduler.schedule(
                    () -> {
                        if (!mayStay.getAsBoolean()) {
                            end(null);
                            return;
                        }
                        offer(HEARTBEAT);
                        beat(heartbeatMs);
                    },
                    heartbeatMs,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void offer(byte[] bytes) {
        boolean full;
        synchronized (lock) {
            if (ended) {
                return;
            }
            full = queue.size() >= most;
            if (!full) {
                queue.add(bytes);
                if (writing) {
                    return;
                }
                writing = true;
            }
        }
        if (full) {
            end(new java.io.IOException("a client of " + request.getHttpURI().getPath() + " does not keep up"));
        } else {
            write();
        }
    }

    private void write() {
        byte[] next;
        synchronized (lock) {
            next = ended ? null : queue.poll();
            writing = next != null;
        }
        if (next == null) {
            return;
        }
        response.write(false, ByteBuffer.wrap(next), Callback.from(this::write, this::end));
    }

    /** Null for a good end. */
    void end(@Nullable Throwable failure) {
        AutoCloseable closeable;
        boolean busy;
        synchronized (lock) {
            if (ended) {
                return;
            }
            ended = true;
            busy = writing;
            queue.clear();
            closeable = subscription;
            if (heartbeat != null) {
                heartbeat.cancel();
            }
        }
        gone.run();
        if (closeable != null) {
            close(closeable);
        }
        if (failure == null && !busy) {
            callback.succeeded();
            return;
        }
        // A write hangs, or the connection is broken: only closing it lets go of what hangs.
        request.getConnectionMetaData().getConnection().getEndPoint().close();
        callback.failed(failure == null ? new java.io.IOException("the stream was ended") : failure);
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            System.getLogger(EventStream.class.getName()).log(System.Logger.Level.WARNING, "cannot end a stream", e);
        }
    }
}
