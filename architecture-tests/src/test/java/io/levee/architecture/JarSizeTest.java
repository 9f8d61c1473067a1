package io.levee.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Levee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** The engine is small enough that nobody has to ask what it costs to depend on it. */
class JarSizeTest {
    private static final long MOST_BYTES = 200 << 10;

    // Of the ZIP format: each entry has a header and a line in the directory, with its name in both.
    private static final int HEADERS = 30 + 46;
    private static final int END_RECORD = 22;

    @Test
    void coresJarIsUnder200Kibibytes() throws Exception {
        Path core = Path.of(
                Levee.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        long bytes = Files.isDirectory(core) ? packed(core) : Files.size(core);
        System.out.println(core.getFileName() + ": " + bytes + " bytes of " + MOST_BYTES);
        assertThat(bytes).as("bytes of %s", core).isLessThan(MOST_BYTES);
    }

    /** What the jar of these classes would be, for a build that has not made it. */
    private static long packed(Path classes) throws IOException {
        long bytes = END_RECORD;
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("io/levee/Nullable.class")) // left out, see core's POM
                    .toList()) {
                Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
                deflater.setInput(Files.readAllBytes(file));
                deflater.finish();
                byte[] part = new byte[1 << 16];
                while (!deflater.finished()) {
                    bytes += deflater.deflate(part);
                }
                deflater.end();
                bytes += HEADERS + 2L * classes.relativize(file).toString().length();
            }
        }
        return bytes;
    }
}
