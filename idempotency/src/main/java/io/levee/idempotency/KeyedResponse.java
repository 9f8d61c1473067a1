package io.levee.idempotency;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response that is kept until the servlet has ended: status and headers in the real one, which is not committed yet, the
 * body here. Error pages are problem details instead of the container's own, so that they can be replayed.
 */
final class KeyedResponse extends HttpServletResponseWrapper {
    private final HttpServletResponse real;
    private final Idempotency idempotency;
    private final CapturedOutput captured;
    private @Nullable ServletOutputStream stream;
    private @Nullable PrintWriter writer;
    private boolean closed;
    private boolean givenUp;

    KeyedResponse(HttpServletResponse real, Idempotency idempotency) {
        super(real);
        this.real = real;
        this.idempotency = idempotency;
        this.captured = new CapturedOutput(idempotency.maxResponseBytes(), real::getOutputStream);
    }

    boolean isTooLong() {
        return captured.isTooLong();
    }

    /** The servlet threw: what it has written so far is not sent, the container makes its error page. */
    void giveUp() {
        givenUp = true;
        if (!captured.isTooLong()) {
            captured.reset();
        }
    }

    StoredResponse captured() throws IOException {
        flushAll();
        List<StoredResponse.Header> headers = new ArrayList<>();
        for (String name : real.getHeaderNames()) {
            for (String value : real.getHeaders(name)) {
                headers.add(new StoredResponse.Header(name, value));
            }
        }
        String type = real.getContentType();
        if (type != null && headers.stream().noneMatch(h -> h.name().equalsIgnoreCase("Content-Type"))) {
            headers.add(new StoredResponse.Header("Content-Type", type));
        }
        return StoredResponse.of(real.getStatus(), headers, captured.bytes());
    }

    /** Sends what is to be sent: what was captured, or what has taken its place. */
    void send(StoredResponse given, StoredResponse sent) throws IOException {
        if (!sent.equals(given)) {
            real.reset();
            IdempotencyFilter.send(real, sent);
            return;
        }
        byte[] body = sent.bodyBytes();
        if (body.length > 0) {
            real.setContentLength(body.length);
            real.getOutputStream().write(body);
        }
    }

    void flushAll() throws IOException {
        if (writer != null) {
            writer.flush();
        }
        captured.flush();
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (givenUp) {
            return real.getOutputStream();
        }
        if (writer != null) {
            throw new IllegalStateException("getWriter() has been called");
        }
        ServletOutputStream made = stream;
        if (made == null) {
            made = new Stream();
            stream = made;
        }
        return made;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (givenUp) {
            return real.getWriter();
        }
        if (stream != null) {
            throw new IllegalStateException("getOutputStream() has been called");
        }
        PrintWriter made = writer;
        if (made == null) {
            // As a container does it: the encoding that is in force now is named in the type.
            String encoding = real.getCharacterEncoding();
            Charset charset = encoding == null ? StandardCharsets.ISO_8859_1 : Charset.forName(encoding);
            real.setCharacterEncoding(charset.name());
            made = new PrintWriter(new OutputStreamWriter(new Stream(), charset));
            writer = made;
        }
        return made;
    }

    @Override
    public void flushBuffer() throws IOException {
        if (writer != null) {
            writer.flush();
        }
    }

    @Override
    public boolean isCommitted() {
        return closed || captured.isTooLong() || real.isCommitted();
    }

    @Override
    public int getBufferSize() {
        return idempotency.maxResponseBytes();
    }

    @Override
    public void setBufferSize(int size) {
        // The whole answer is buffered in any case.
    }

    @Override
    public void reset() {
        resetBuffer();
        real.reset();
        stream = null;
        writer = null;
    }

    @Override
    public void resetBuffer() {
        if (isCommitted()) {
            throw new IllegalStateException("the answer is being sent");
        }
        captured.reset();
    }

    @Override
    public void sendError(int status) throws IOException {
        sendError(status, "The request was answered with status " + status + ".");
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        if (givenUp) {
            real.sendError(status, message);
            return;
        }
        resetBuffer();
        StoredResponse page = idempotency.errorPage(status, message);
        real.resetBuffer();
        real.setStatus(status);
        for (StoredResponse.Header header : page.headers()) {
            real.setHeader(header.name(), header.value());
        }
        captured.write(page.bodyBytes());
        closed = true;
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        resetBuffer();
        real.setStatus(SC_FOUND);
        real.setHeader("Location", location);
        closed = true;
    }

    /** Never blocks, so it is always ready. After the servlet's end nothing more is taken. */
    private final class Stream extends ServletOutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (!closed) {
                captured.write(bytes, from, count);
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            try {
                listener.onWritePossible();
            } catch (IOException | RuntimeException failed) {
                listener.onError(failed);
            }
        }
    }
}
