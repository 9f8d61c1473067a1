package io.levee.http.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** As much of HTTP/2 (RFC 9113) as it takes to refuse a stream, to go away, and to answer with a bare status. */
public final class Http2Peer {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int GOAWAY = 7;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    public static final int REFUSED_STREAM = 7;
    private static final int PREFACE_BYTES = 24;

    private final InputStream in;
    private final OutputStream out;

    public Http2Peer(InputStream in, OutputStream out) throws IOException {
        this.in = in;
        this.out = out;
        in.readNBytes(PREFACE_BYTES);
        write(SETTINGS, 0, 0);
    }

    public record Frame(int type, int flags, int stream, byte[] payload) {}

    /** The id of the next stream whose request has arrived whole; -1 at the end of the connection. */
    public int nextRequest() throws IOException {
        for (Frame frame = read(); frame != null; frame = read()) {
            if (frame.type == SETTINGS && (frame.flags & 1) == 0) {
                write(SETTINGS, 1, 0);
            }
            if ((frame.type == HEADERS || frame.type == DATA) && (frame.flags & END_STREAM) != 0) {
                return frame.stream;
            }
        }
        return -1;
    }

    private Frame read() throws IOException {
        byte[] head = in.readNBytes(9);
        if (head.length < 9) {
            return null;
        }
        int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
        int stream = (head[5] & 0x7f) << 24 | (head[6] & 0xff) << 16 | (head[7] & 0xff) << 8 | head[8] & 0xff;
        return new Frame(head[3], head[4], stream, in.readNBytes(length));
    }

    public void answer200(int stream) throws IOException {
        write(HEADERS, END_HEADERS | END_STREAM, stream, (byte) 0x88); // static table: ":status 200"
    }

    public void refuse(int stream) throws IOException {
        write(RST_STREAM, 0, stream, (byte) 0, (byte) 0, (byte) 0, (byte) REFUSED_STREAM);
    }

    public void goAway(int lastStream) throws IOException {
        write(GOAWAY, 0, 0, (byte) 0, (byte) 0, (byte) 0, (byte) lastStream, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
    }

    private void write(int type, int flags, int stream, byte... payload) throws IOException {
        byte[] frame = new byte[9 + payload.length];
        frame[0] = (byte) (payload.length >>> 16);
        frame[1] = (byte) (payload.length >>> 8);
        frame[2] = (byte) payload.length;
        frame[3] = (byte) type;
        frame[4] = (byte) flags;
        frame[5] = (byte) (stream >>> 24);
        frame[6] = (byte) (stream >>> 16);
        frame[7] = (byte) (stream >>> 8);
        frame[8] = (byte) stream;
        System.arraycopy(payload, 0, frame, 9, payload.length);
        out.write(frame);
        out.flush();
    }
}
