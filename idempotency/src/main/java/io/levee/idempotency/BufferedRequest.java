package io.levee.idempotency;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** A request whose body, or the first part of it, has been read. */
class BufferedRequest extends HttpServletRequestWrapper {
    private static final String FORM = "application/x-www-form-urlencoded";

    private final byte[] read;
    private final boolean more;
    private @Nullable ServletInputStream stream;
    private @Nullable BufferedReader reader;
    private @Nullable Map<String, String[]> parameters;

    /**
     * A request.
     *
     * @param real the container's
     * @param read of its body
     * @param more whether there is more in the container's stream
     */
    BufferedRequest(HttpServletRequest real, byte[] read, boolean more) {
        super(real);
        this.read = read;
        this.more = more;
    }

    private Charset charset(Charset otherwise) {
        String encoding = getCharacterEncoding();
        return encoding == null ? otherwise : Charset.forName(encoding);
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        ServletInputStream made = stream;
        if (made == null) {
            InputStream first = new ByteArrayInputStream(read);
            made = new Stream(more ? new SequenceInputStream(first, super.getInputStream()) : first);
            stream = made;
        }
        return made;
    }

    @Override
    public BufferedReader getReader() throws IOException {
        BufferedReader made = reader;
        if (made == null) {
            made = new BufferedReader(new InputStreamReader(getInputStream(), charset(StandardCharsets.ISO_8859_1)));
            reader = made;
        }
        return made;
    }

    /** Those of the query from the container, then those of a form, whose bytes the container will not see. */
    private Map<String, String[]> parameters() {
        Map<String, String[]> all = parameters;
        if (all == null) {
            all = new LinkedHashMap<>(super.getParameterMap());
            String type = getContentType();
            if (!more && type != null && type.toLowerCase(Locale.ROOT).startsWith(FORM)) {
                addForm(all, charset(StandardCharsets.UTF_8));
            }
            parameters = all;
        }
        return all;
    }

    private void addForm(Map<String, String[]> all, Charset charset) {
        StringTokenizer pairs = new StringTokenizer(new String(read, StandardCharsets.ISO_8859_1), "&");
        while (pairs.hasMoreTokens()) {
            String pair = pairs.nextToken();
            int equals = pair.indexOf('=');
            String name = URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), charset);
            String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), charset);
            all.merge(name, new String[] {value}, BufferedRequest::joined);
        }
    }

    private static String[] joined(String[] before, String[] after) {
        String[] both = new String[before.length + after.length];
        System.arraycopy(before, 0, both, 0, before.length);
        System.arraycopy(after, 0, both, before.length, after.length);
        return both;
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = parameters().get(name);
        return values == null ? null : values[0];
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        String[] values = parameters().get(name);
        return values == null ? null : values.clone();
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(parameters().keySet());
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return Collections.unmodifiableMap(parameters());
    }

    @Override
    public Collection<Part> getParts() {
        throw noParts();
    }

    @Override
    public Part getPart(String name) {
        throw noParts();
    }

    private static UnsupportedOperationException noParts() {
        return new UnsupportedOperationException(
                "the parts of a request with an Idempotency-Key cannot be had, since its"
                        + " body was read to be compared; read getInputStream(), or keep the filter off this path");
    }

    /** Never blocks, unless the container's own does. */
    private static final class Stream extends ServletInputStream {
        private final InputStream in;
        private boolean finished;

        Stream(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            finished |= b < 0;
            return b;
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
            int got = in.read(bytes, from, count);
            finished |= got < 0;
            return got;
        }

        @Override
        public boolean isFinished() {
            try {
                return finished || (in instanceof ByteArrayInputStream && in.available() == 0);
            } catch (IOException impossible) {
                return true;
            }
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            try {
                if (!isFinished()) {
                    listener.onDataAvailable();
                }
                if (isFinished()) {
                    listener.onAllDataRead();
                }
            } catch (IOException | RuntimeException failed) {
                listener.onError(failed);
            }
        }
    }
}
