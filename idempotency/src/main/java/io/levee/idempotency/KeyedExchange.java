package io.levee.idempotency;

import com.sun.net.httpserver.HttpExchange;
import io.levee.http.shared.ForwardingExchange;
import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An exchange whose answer is stored before it is sent. Ends when the handler closes it, or the stream of its body. */
final class KeyedExchange extends ForwardingExchange {
    private static final int UNSENT = -1;

    private final HttpExchange real;
    private final Idempotency idempotency;
    private final KeyedWork work;
    private final CapturedOutput captured;
    private final AtomicBoolean ended = new AtomicBoolean();
    private InputStream in;
    private OutputStream out;
    private int status = UNSENT;
    private long length;

    KeyedExchange(HttpExchange real, Idempotency idempotency, Admission.Work admitted) {
        super(real);
        this.real = real;
        this.idempotency = idempotency;
        this.work = admitted.work();
        this.captured = new CapturedOutput(idempotency.maxResponseBytes(), this::sendThrough);
        this.in = new ByteArrayInputStream(admitted.body());
        this.out = new FilterOutputStream(captured) {
            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                captured.write(bytes, from, count);
            }

            @Override
            public void close() throws IOException {
                end();
            }
        };
    }

    KeyedWork work() {
        return work;
    }

    private OutputStream sendThrough() throws IOException {
        real.sendResponseHeaders(status, length);
        return real.getResponseBody();
    }

    /** The handler threw. The server closes the connection, as it does without us. */
    void failed() {
        if (ended.compareAndSet(false, true)) {
            work.fail();
        }
    }

    private void end() throws IOException {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        if (captured.isTooLong()) {
            work.finishUnkept(idempotency.tooLongAnswer(status));
            captured.close();
            return;
        }
        List<StoredResponse.Header> headers = new ArrayList<>();
        real.getResponseHeaders()
                .forEach(
                        (name, values) -> values.forEach(value -> headers.add(new StoredResponse.Header(name, value))));
        StoredResponse given = StoredResponse.of(status, headers, captured.bytes());
        StoredResponse sent = work.finish(given);
        real.getResponseHeaders().clear();
        IdempotencyHandler.send(real, sent);
    }

    @Override
    public void sendResponseHeaders(int code, long responseLength) throws IOException {
        if (status != UNSENT) {
            throw new IOException("headers already sent");
        }
        status = code;
        length = responseLength;
        if (responseLength == -1) {
            end();
        }
    }

    @Override
    public void close() {
        try {
            if (status == UNSENT) {
                failed();
            } else {
                end();
            }
        } catch (IOException gone) {
            // The client's connection broke; the answer is stored, and waits for the next request.
        } finally {
            real.close();
        }
    }

    @Override
    public InputStream getRequestBody() {
        return in;
    }

    @Override
    public OutputStream getResponseBody() {
        return out;
    }

    @Override
    public void setStreams(@Nullable InputStream i, @Nullable OutputStream o) {
        if (i != null) {
            in = i;
        }
        if (o != null) {
            out = o;
        }
    }

    @Override
    public int getResponseCode() {
        return status;
    }
}
