package io.levee.idempotency;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** An answer as it is kept and replayed. Immutable. */
public final class StoredResponse {
    /** In front of the stored bytes: what a later release of Levee reads them by. */
    private static final int FORMAT = 1;

    /**
     * One header.
     *
     * @param name as it was set
     * @param value as it was set
     */
    public record Header(String name, String value) {}

    private final int status;
    private final List<Header> headers;
    private final byte[] body;

    private StoredResponse(int status, List<Header> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /**
     * An answer.
     *
     * @param status 200 to 599
     * @param headers what is sent along; without Content-Length, which follows from the body
     * @param body the bytes; empty for none. Copied
     * @return the answer
     * @throws IllegalArgumentException if the status is out of range
     */
    public static StoredResponse of(int status, List<Header> headers, byte[] body) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("the status of an answer must be from 200 to 599, is " + status);
        }
        return new StoredResponse(status, List.copyOf(headers), body.clone());
    }

    /**
     * An answer with a text.
     *
     * @param status 200 to 599
     * @param contentType of the text, for example {@code application/json}
     * @param text sent in UTF-8
     * @return the answer
     * @throws IllegalArgumentException if the status is out of range
     */
    public static StoredResponse of(int status, String contentType, String text) {
        Objects.requireNonNull(contentType, "contentType");
        return of(status, List.of(new Header("Content-Type", contentType)), text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The status.
     *
     * @return 200 to 599
     */
    public int status() {
        return status;
    }

    /**
     * The headers.
     *
     * @return unmodifiable, in their order
     */
    public List<Header> headers() {
        return headers;
    }

    /**
     * The body.
     *
     * @return a copy of the bytes
     */
    public byte[] body() {
        return body.clone();
    }

    /** Not copied: for reading only. */
    byte[] bodyBytes() {
        return body;
    }

    StoredResponse withHeader(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new StoredResponse(status, List.copyOf(more), body);
    }

    /**
     * The answer as the stores keep it.
     *
     * @return bytes that {@link #decode} reads
     */
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeShort(status);
            out.writeShort(headers.size());
            for (Header header : headers) {
                write(out, header.name().getBytes(StandardCharsets.UTF_8));
                write(out, header.value().getBytes(StandardCharsets.UTF_8));
            }
            write(out, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @param bytes from a store
     * @return the answer
     * @throws StoreException if the bytes are none of ours
     */
    public static StoredResponse decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT) {
                throw new StoreException("a stored answer has format " + format + ", this release reads " + FORMAT
                        + "; it was written by a later release of Levee");
            }
            int status = in.readUnsignedShort();
            int count = in.readUnsignedShort();
            List<Header> headers = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                headers.add(new Header(text(in), text(in)));
            }
            return new StoredResponse(status, List.copyOf(headers), read(in));
        } catch (IOException | RuntimeException e) {
            throw e instanceof StoreException known
                    ? known
                    : new StoreException("a stored answer of " + bytes.length + " bytes cannot be read", e);
        }
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(read(in), StandardCharsets.UTF_8);
    }

    private static byte[] read(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length != length) {
            throw new IOException("cut off");
        }
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredResponse that
                && status == that.status
                && headers.equals(that.headers)
                && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return Objects.hash(status, headers) * 31 + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "status " + status + ", " + headers.size() + " headers, " + body.length + " bytes";
    }
}
