package io.levee.guard.browser;

import io.levee.guard.web.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Collectors;

/** A file for pages, as it is served. Immutable. */
final class Script {
    private final String type;
    private final byte[] bytes;
    private final String integrity;

    private Script(String type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
        try {
            integrity = "sha384-"
                    + Base64.getEncoder()
                            .encodeToString(MessageDigest.getInstance("SHA-384").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-384", e);
        }
    }

    /** The script, without the indentation and the lines that are comments: that is a twentieth of what goes over the wire. */
    static Script javascript() {
        String compact = resource("levee.js")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("//"))
                .collect(Collectors.joining("\n", "", "\n"));
        return new Script("text/javascript; charset=utf-8", compact.getBytes(StandardCharsets.UTF_8));
    }

    static Script types() {
        return new Script("text/plain; charset=utf-8", resource("levee.d.ts").getBytes(StandardCharsets.UTF_8));
    }

    static String resource(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside this class");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Any page may load it, also one that is isolated from other origins (Cross-Origin-Embedder-Policy). */
    Answer answer() {
        return Answer.of(200, type, bytes)
                .with("Cache-Control", "public, max-age=3600")
                .with("ETag", '"' + integrity.substring("sha384-".length()) + '"')
                .with("Access-Control-Allow-Origin", "*")
                .with("Cross-Origin-Resource-Policy", "cross-origin");
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** The value of an attribute {@code integrity}. */
    String integrity() {
        return integrity;
    }
}
