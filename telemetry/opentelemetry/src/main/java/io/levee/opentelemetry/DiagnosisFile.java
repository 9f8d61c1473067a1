package io.levee.opentelemetry;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file that says whether diagnosis mode is on, looked at again and again by a thread of its own: a file system may block,
 * and a mounted one tells of no change. Only a change of what it says is acted upon, so that what was said otherwise in the
 * meantime holds until then.
 */
final class DiagnosisFile implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DiagnosisFile.class.getName());
    private static final String KEY = "diagnosis";
    /** What stands for a file that cannot be used; no value of the key. */
    private static final String UNUSABLE = "\0";

    private final Path file;
    private final RetrySampling sampling;
    /** How it is where the file says nothing. */
    private final boolean otherwise;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "levee-diagnosis-file");
        made.setDaemon(true);
        return made;
    });

    /** What it said last; null for nothing. */
    private @Nullable String said;

    DiagnosisFile(Path file, RetrySampling sampling, Duration every) {
        this.file = file;
        this.sampling = sampling;
        otherwise = sampling.isDiagnosis();
        look();
        Future<?> unused =
                thread.scheduleWithFixedDelay(this::look, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
    }

    synchronized void look() {
        String now;
        String problem = null;
        try {
            now = read();
            if (now != null && !now.equals("true") && !now.equals("false")) {
                problem = KEY + " must be true or false, is '" + now + "'";
            }
        } catch (IOException | RuntimeException e) {
            now = UNUSABLE;
            problem = "cannot be read: " + e;
        }
        if (now == null ? said == null : now.equals(said)) {
            return;
        }
        said = now;
        if (problem != null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: {1}; diagnosis mode stays {2} until the file says ''{3}: true'' or ''{3}: false''",
                    file,
                    problem,
                    sampling.isDiagnosis() ? "on" : "off",
                    KEY);
            return;
        }
        boolean on = now == null ? otherwise : now.equals("true");
        if (on != sampling.isDiagnosis()) {
            sampling.diagnosis(on);
            LOG.log(System.Logger.Level.INFO, "{0}: diagnosis mode is {1}", file, on ? "on" : "off");
        }
    }

    /** The key's value; null if there is no such file or key. */
    private @Nullable String read() throws IOException {
        Properties settings = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            settings.load(reader);
        } catch (NoSuchFileException absent) {
            return null;
        }
        String value = settings.getProperty(KEY);
        return value == null ? null : value.strip();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
