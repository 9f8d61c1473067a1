package io.levee.guard.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Reads bodies within bounds: of each one, of all that are held at once, and of the time that one takes. Thread-safe. */
final class BodyReader {
    private static final int CHUNK = 16 * 1024;

    private final long most;
    private final long mostHeld;
    private final long nanos;
    private final AtomicLong held = new AtomicLong();

    BodyReader(long most, long mostHeld, long nanos) {
        this.most = most;
        this.mostHeld = mostHeld;
        this.nanos = nanos;
    }

    /**
     * Reads it, no longer compressed; stops at the bound instead of looking at it afterwards, so that a small body which
     * becomes a large one costs no more than the bound. Give it back by {@link #release}.
     */
    byte[] read(Request request) throws IOException {
        long length = request.getLength();
        if (length > most) {
            throw tooLarge();
        }
        if (length == 0) {
            return new byte[0];
        }
        String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
        boolean gzip = encoding != null && encoding.toLowerCase(Locale.ROOT).equals("gzip");
        if (encoding != null && !gzip && !encoding.equalsIgnoreCase("identity")) {
            throw new WebException(415, "Content-Encoding " + encoding + " is not known; send gzip, or none");
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (InputStream raw = Content.Source.asInputStream(request)) {
            drain(gzip ? new GZIPInputStream(raw, CHUNK) : raw, all);
            return all.toByteArray();
        } catch (ZipException e) {
            held.addAndGet(-all.size());
            throw new WebException(400, "the body is no gzip: " + e.getMessage());
        } catch (IOException | WebException e) {
            held.addAndGet(-all.size());
            throw e;
        }
    }

    /** The body is no longer needed. */
    void release(byte[] body) {
        held.addAndGet(-body.length);
    }

    private void drain(InputStream in, ByteArrayOutputStream all) throws IOException {
        long begun = System.nanoTime();
        byte[] chunk = new byte[CHUNK];
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            if (all.size() + n > most) {
                throw tooLarge();
            }
            all.write(chunk, 0, n);
            if (held.addAndGet(n) > mostHeld) {
                throw new WebException(503, "too many bodies are being read at once; send it again in a moment");
            }
            if (System.nanoTime() - begun > nanos) {
                throw new WebException(
                        408, "the body took longer than " + nanos / 1_000_000_000L + " s; send less at once");
            }
        }
    }

    private WebException tooLarge() {
        return new WebException(413, "the body is larger than " + most + " bytes; send it in parts");
    }
}
