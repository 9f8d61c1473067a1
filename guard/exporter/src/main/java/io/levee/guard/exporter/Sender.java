package io.levee.guard.exporter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is in the ring, batch after batch, on a thread of its own. A batch that nobody acknowledged is sent again, under the
 * same id, until it is: the guard counts it once. While it waits the ring fills, and what finds it full is dropped.
 */
final class Sender implements Runnable {
    private static final System.Logger LOG = System.getLogger("io.levee.guard.exporter");
    static final int BATCH = 2_048;
    private static final int SHOWN = 300;

    private final GuardExporter.Settings settings;
    private final EventRing ring;
    private final EventJson json;
    private final HttpClient http;
    private final LongAdder sent = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private @Nullable String lastComplaint;
    private boolean saidDropped;

    /** Set once, by whoever closes: then nothing is waited for any more but the guard's answers. */
    private volatile boolean closing;

    Sender(GuardExporter.Settings settings, EventRing ring) {
        this.settings = settings;
        this.ring = ring;
        this.json = new EventJson(settings.environment(), settings.release(), settings.side());
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.timeout())
                .build();
    }

    void drop() {
        dropped.increment();
    }

    ExporterState state() {
        return new ExporterState(sent.sum(), dropped.sum(), refused.sum(), ring.size());
    }

    void closing() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    @Override
    public void run() {
        while (!Thread.interrupted()) {
            int events = collect();
            byte[] lines = json.take();
            if (lines.length > 0) {
                deliver(zipped(lines), events);
                sayDropped();
            } else if (closing) {
                return;
            }
            if (ring.size() < BATCH && !closing) {
                LockSupport.parkNanos(this, settings.pause().toNanos());
            }
        }
        countLeft();
    }

    private int collect() {
        int events = 0;
        int slots = 0;
        for (EventRing.Slot call = ring.first(); call != null && slots < BATCH; call = ring.first()) {
            json.add(call);
            events += call.ended ? 1 : 0;
            ring.take();
            slots++;
        }
        return events;
    }

    /** Events that nobody will send any more. */
    private void countLeft() {
        for (EventRing.Slot call = ring.first(); call != null; call = ring.first()) {
            dropped.add(call.ended ? 1 : 0);
            ring.take();
        }
    }

    private void deliver(byte[] body, int events) {
        HttpRequest request = HttpRequest.newBuilder(settings.events())
                .timeout(settings.timeout())
                .header("Content-Type", "application/x-ndjson")
                .header("Content-Encoding", "gzip")
                .header("Levee-Batch", UUID.randomUUID().toString())
                .headers(settings.authorization())
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        long waitNanos = settings.firstWait().toNanos();
        while (true) {
            long wait = waitNanos;
            try {
                HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
                String said = said(answer);
                int status = answer.statusCode();
                if (status / 100 == 2) {
                    sent.add(events);
                    lastComplaint = null;
                    return;
                }
                complain(settings.uri() + " answered " + status + ": " + said);
                if (isFinal(status)) {
                    refused.add(events);
                    return;
                }
                wait = Math.max(wait, retryAfter(answer).toNanos());
            } catch (IOException away) {
                complain(settings.uri() + " cannot be reached: " + away);
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
            LockSupport.parkNanos(this, wait);
            if (Thread.currentThread().isInterrupted()) {
                dropped.add(events);
                return;
            }
            waitNanos = Math.min(2 * waitNanos, settings.longestWait().toNanos());
        }
    }

    /** Sending the same again would be answered the same; a token may be mended meanwhile. */
    private static boolean isFinal(int status) {
        return status / 100 == 4 && status != 401 && status != 403 && status != 408 && status != 429;
    }

    private Duration retryAfter(HttpResponse<?> answer) {
        String header = answer.headers().firstValue("Retry-After").orElse("0").strip();
        if (!header.matches("[0-9]{1,6}")) {
            return Duration.ZERO;
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(header));
        return asked.compareTo(settings.longestWait()) < 0 ? asked : settings.longestWait();
    }

    private static String said(HttpResponse<InputStream> answer) throws IOException {
        try (InputStream body = answer.body()) {
            return new String(body.readNBytes(SHOWN), StandardCharsets.UTF_8).strip();
        }
    }

    /** Once for each new trouble, not for every attempt. */
    private void complain(String what) {
        if (!what.equals(lastComplaint)) {
            lastComplaint = what;
            LOG.log(System.Logger.Level.WARNING, "events wait for the guard: {0}", what);
        }
    }

    private void sayDropped() {
        if (!saidDropped && dropped.sum() > 0) {
            saidDropped = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} events were dropped because the guard did not take them in time; further ones are counted",
                    dropped.sum());
        }
    }

    private static byte[] zipped(byte[] lines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(lines.length / 8);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
