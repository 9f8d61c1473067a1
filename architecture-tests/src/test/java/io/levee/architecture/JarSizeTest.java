package io.levee.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Levee;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** The engine is small enough that nobody has to ask what it costs to depend on it. */
class JarSizeTest {
    private static final long MOST_BYTES = 200 << 10;

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
        AtomicLong written = new AtomicLong();
        OutputStream counter = new OutputStream() {
            @Override
            public void write(int one) {
                written.incrementAndGet();
            }
        };
        try (ZipOutputStream jar = new ZipOutputStream(counter);
                Stream<Path> files = Files.walk(classes)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                try {
                    jar.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                    Files.copy(file, jar);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return written.get();
    }
}
