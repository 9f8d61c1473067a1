package io.levee.guard.console;

import io.levee.guard.web.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The console's files, in memory, as they go out. One version stands in the address of all of them ({@code
 * /assets/<version>/app.js}), so that modules find each other by relative addresses and a browser may keep them for ever.
 */
final class Assets {
    /** What there is; a test holds the list to the folder, which cannot be listed inside a jar. */
    static final List<String> FILES = List.of(
            "actions.js",
            "api.js",
            "app.js",
            "ask.js",
            "bars.js",
            "console.css",
            "curve.js",
            "dialog.js",
            "dom.js",
            "explain.js",
            "format.js",
            "gate.js",
            "heatmap.js",
            "icon.svg",
            "incident.js",
            "index.html",
            "live.js",
            "login.js",
            "overview.js",
            "pieces.js",
            "review.js",
            "router.js",
            "slo.js",
            "slos.js",
            "spark.js",
            "theme.js",
            "vendor/inter-5.3.0.woff2",
            "vendor/inter-LICENSE.txt",
            "vendor/uplot-1.6.32.css",
            "vendor/uplot-1.6.32.js",
            "vendor/uplot-LICENSE.txt");

    private static final String FOR_EVER = "public, max-age=31536000, immutable";

    private final Map<String, Asset> files;
    private final String version;

    private Assets(Map<String, Asset> files, String version) {
        this.files = files;
        this.version = version;
    }

    /** A file as it goes out; zipped is null where that saves nothing. */
    private record Asset(Answer plain, @Nullable Answer zipped) {}

    static Assets load() {
        Map<String, Asset> files = new LinkedHashMap<>();
        MessageDigest all = sha256();
        for (String name : FILES) {
            byte[] bytes = read(name);
            all.update(name.getBytes(StandardCharsets.UTF_8));
            all.update(bytes);
            String type = type(name);
            Answer plain = Answer.of(200, type, bytes)
                    .with("ETag", tag(sha256().digest(bytes)))
                    .with("Vary", "Accept-Encoding");
            files.put(name, new Asset(plain, zipped(type, bytes, plain)));
        }
        return new Assets(files, HexFormat.of().formatHex(all.digest(), 0, 8));
    }

    /** Changes with any of the files. */
    String version() {
        return version;
    }

    String text(String name) {
        Asset asset = files.get(name);
        if (asset == null) {
            throw new IllegalArgumentException(name);
        }
        return new String(asset.plain().body(), StandardCharsets.UTF_8);
    }

    /**
     * A file.
     *
     * <p>A page of another version (of a guard that is being updated, or the one beside it) gets this version's file, but
     * may not keep it under that name.
     *
     * @param path version and name
     * @return null if there is none
     */
    @Nullable
    Answer answer(String path, @Nullable String encodings) {
        int slash = path.indexOf('/');
        Asset asset = slash < 0 ? null : files.get(path.substring(slash + 1));
        if (asset == null) {
            return null;
        }
        boolean current = path.substring(0, slash).equals(version);
        Answer zipped = takesGzip(encodings) ? asset.zipped() : null;
        return (zipped == null ? asset.plain() : zipped).with("Cache-Control", current ? FOR_EVER : "no-cache");
    }

    /** A browser that takes gzip says so without a weight; one that weighs it 0 does not want it. */
    private static boolean takesGzip(@Nullable String encodings) {
        if (encodings == null) {
            return false;
        }
        for (String encoding : encodings.toLowerCase(Locale.ROOT).split(",", -1)) {
            String plain = encoding.replace(" ", "");
            if (plain.equals("gzip") || (plain.startsWith("gzip;q=") && !plain.matches("gzip;q=0(\\.0*)?"))) {
                return true;
            }
        }
        return false;
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "html" -> "text/html; charset=utf-8";
            case "svg" -> "image/svg+xml";
            case "woff2" -> "font/woff2";
            default -> "text/plain; charset=utf-8";
        };
    }

    private static String tag(byte[] digest) {
        // Weak, since the same tag stands for the plain and the compressed form.
        return "W/\"" + HexFormat.of().formatHex(digest, 0, 8) + "\"";
    }

    private static @Nullable Answer zipped(String type, byte[] bytes, Answer plain) {
        if (type.startsWith("font/")) {
            return null; // WOFF2 is compressed already
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 3);
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        Answer zipped = Answer.of(200, type, out.toByteArray()).with("Content-Encoding", "gzip");
        for (Map.Entry<String, String> header : plain.headers().entrySet()) {
            zipped = zipped.with(header.getKey(), header.getValue());
        }
        return zipped;
    }

    private static byte[] read(String name) {
        try (InputStream in = Assets.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the console's file " + name + " is missing from its jar");
            }
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
