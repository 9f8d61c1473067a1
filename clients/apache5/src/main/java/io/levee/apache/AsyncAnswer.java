package io.levee.apache;

import io.levee.http.shared.Cutoff;
import io.levee.http.shared.HttpRules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one attempt, whose body waits until the engine has decided: delivered to the caller, or thrown away. While it
 * waits the client is given no more capacity, so at most its first window (64 KiB) is kept here.
 *
 * <p>The monitor guards all state and makes the caller's consumer hear one thing at a time. Opponents: the client's I/O
 * thread, and the engine's, which decides.
 */
final class AsyncAnswer implements AsyncDataConsumer {
    private enum Phase {
        WAITING,
        DELIVERED,
        DISCARDED
    }

    private final HttpResponse response;
    private final @Nullable EntityDetails entity;
    private final AsyncExecRuntime runtime;
    private Phase phase = Phase.WAITING;
    private final List<ByteBuffer> kept = new ArrayList<>();
    private @Nullable CapacityChannel capacity;
    private @Nullable List<? extends Header> trailers;
    private boolean streamEnded;
    private boolean completed;
    private @Nullable Exception failure;
    private @Nullable AsyncExecCallback callback;
    private @Nullable AsyncDataConsumer consumer;
    private long drained;
    private @Nullable Cutoff drainLimit;

    AsyncAnswer(HttpResponse response, @Nullable EntityDetails entity, AsyncExecRuntime runtime) {
        this.response = response;
        this.entity = entity;
        this.runtime = runtime;
    }

    HttpResponse response() {
        return response;
    }

    /** The engine has ended the call with this answer: from now on everything is the caller's. */
    synchronized void deliver(AsyncExecCallback to) {
        phase = Phase.DELIVERED;
        callback = to;
        try {
            consumer = to.handleResponse(response, entity);
            for (ByteBuffer part : kept) {
                if (consumer != null) {
                    consumer.consume(part);
                }
            }
            kept.clear();
            if (streamEnded) {
                endStream();
            } else if (consumer != null && capacity != null) {
                consumer.updateCapacity(capacity);
            }
        } catch (HttpException | IOException | RuntimeException broken) {
            failed(broken);
            return;
        }
        if (failure != null) {
            to.failed(failure);
        } else if (completed) {
            release(to);
        }
    }

    /** Nobody will get this answer. What is short and comes soon is read, anything else closes the connection. */
    synchronized void discard() {
        phase = Phase.DISCARDED;
        for (ByteBuffer part : kept) {
            drained += part.remaining();
        }
        kept.clear();
        if (completed) {
            runtime.releaseEndpoint();
        } else if (failure == null) {
            drain();
        }
    }

    private void drain() {
        long left = HttpRules.MAX_DRAIN_BYTES - drained;
        if (left < 0 || (entity != null && entity.getContentLength() > HttpRules.MAX_DRAIN_BYTES)) {
            runtime.discardEndpoint();
            return;
        }
        drainLimit = Cutoff.after(TimeUnit.MILLISECONDS.toNanos(HttpRules.MAX_DRAIN_MILLIS), runtime::discardEndpoint);
        try {
            CapacityChannel known = capacity;
            if (known != null) {
                known.update((int) left + 1);
            }
        } catch (IOException broken) {
            runtime.discardEndpoint();
        }
    }

    private void release(AsyncExecCallback to) {
        try {
            runtime.releaseEndpoint();
        } finally {
            to.completed();
        }
    }

    private void endStream() throws HttpException, IOException {
        AsyncDataConsumer to = consumer;
        consumer = null;
        if (to != null) {
            to.streamEnd(trailers);
        }
    }

    @Override
    public synchronized void updateCapacity(CapacityChannel channel) throws IOException {
        capacity = channel;
        if (phase == Phase.DELIVERED && consumer != null) {
            consumer.updateCapacity(channel);
        } else if (phase == Phase.DISCARDED) {
            channel.update((int) HttpRules.MAX_DRAIN_BYTES);
        }
    }

    @Override
    public synchronized void consume(ByteBuffer src) throws IOException {
        switch (phase) {
            case DELIVERED -> {
                if (consumer != null) {
                    consumer.consume(src);
                }
            }
            case DISCARDED -> {
                drained += src.remaining();
                src.position(src.limit());
                if (drained > HttpRules.MAX_DRAIN_BYTES) {
                    runtime.discardEndpoint();
                }
            }
            default -> kept.add(ByteBuffer.allocate(src.remaining()).put(src).flip());
        }
    }

    @Override
    public synchronized void streamEnd(@Nullable List<? extends Header> given) throws HttpException, IOException {
        trailers = given;
        streamEnded = true;
        if (phase == Phase.DELIVERED) {
            endStream();
        }
    }

    /** The exchange is complete, the request's body included. */
    synchronized void completed() {
        completed = true;
        AsyncExecCallback to = callback;
        if (phase == Phase.DELIVERED && to != null) {
            release(to);
        } else if (phase == Phase.DISCARDED) {
            endDrain();
            runtime.releaseEndpoint();
        }
    }

    /** The rest of the answer does not come. */
    synchronized void failed(Exception cause) {
        boolean first = failure == null && !completed;
        failure = cause;
        runtime.discardEndpoint();
        endDrain();
        AsyncExecCallback to = callback;
        if (first && phase == Phase.DELIVERED && to != null) {
            to.failed(cause);
        }
    }

    private void endDrain() {
        Cutoff limit = drainLimit;
        if (limit != null) {
            limit.close();
        }
    }

    @Override
    public synchronized void releaseResources() {
        AsyncDataConsumer to = consumer;
        consumer = null;
        if (to != null) {
            to.releaseResources();
        }
    }
}
