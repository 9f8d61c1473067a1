package io.levee.yaml.read;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of people as text. */
public final class FileText {
    private FileText() {}

    /**
     * Reads a file in UTF-8; empty, and a problem, if it is too long or in another encoding.
     *
     * @throws IOException if it cannot be read
     */
    public static String read(Problems problems, Path path) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(Document.MAX_BYTES + 1);
        }
        if (bytes.length > Document.MAX_BYTES) {
            problems.add(1, 1, "", "is longer than " + Document.MAX_BYTES + " bytes; split it");
            return "";
        }
        CharBuffer text = CharBuffer.allocate(bytes.length);
        ByteBuffer read = ByteBuffer.wrap(bytes);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(read, text, true);
        text.flip();
        if (result.isError()) {
            int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
            problems.add(line, 1, "", "is not UTF-8; save it as UTF-8");
            return "";
        }
        return text.toString();
    }
}
