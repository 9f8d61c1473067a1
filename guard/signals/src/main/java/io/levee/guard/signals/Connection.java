package io.levee.guard.signals;

import io.levee.Backoff;
import io.levee.RandomSource;
import io.levee.RetryPolicy;
import io.levee.TimeSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears the guard: a stream of server-sent events; where that does not get through (a proxy that holds it back), asking now
 * and then. After each break the next try waits with full jitter, so that all pods of a fleet do not come at once when a
 * guard is back. One try at a time, its number tells late results of earlier ones; all work is short and on the client's and
 * the timer's threads. Thread-safe.
 */
final class Connection {
    private static final Logger LOG = System.getLogger(GuardSignals.class.getName());
    private static final Backoff WAITS = RetryPolicy.exponential(Duration.ofMillis(500))
            .cap(Duration.ofSeconds(30))
            .fullJitter();
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** The guard says every 15 s that it is there. */
    private static final Duration SILENCE = Duration.ofSeconds(45);

    private static final Duration STREAM_AGAIN = Duration.ofMinutes(1);

    private final URI guard;
    private final String token;
    private final Duration poll;
    private final TimeSource time;
    private final RandomSource random;
    private final Consumer<String> message;
    private final HttpClient client;

    /** Guards what follows. */
    private final Object lock = new Object();

    private GuardSignals.Link link = GuardSignals.Link.AWAY;
    private @Nullable String trouble;
    private long tries;
    private int failures;
    private long streamAgainNanos;
    private long heardNanos;
    private boolean told;
    private @Nullable Lines lines;
    private @Nullable CompletableFuture<?> pending;
    private TimeSource.@Nullable Timeout timer;
    private boolean closed;

    Connection(URI guard, String token, Duration poll, TimeSource time, RandomSource random, Consumer<String> message) {
        this.guard = guard;
        this.token = token;
        this.poll = poll;
        this.time = time;
        this.random = random;
        this.message = message;
        client = HttpClient.newBuilder()
                .connectTimeout(ANSWER)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    GuardSignals.Link link() {
        synchronized (lock) {
            return link;
        }
    }

    @Nullable
    String trouble() {
        synchronized (lock) {
            return trouble;
        }
    }

    void open() {
        synchronized (lock) {
            if (time.nanoTime() >= streamAgainNanos) {
                stream();
            } else {
                ask();
            }
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(guard + path)).header("Authorization", "Bearer " + token);
    }

    private void stream() {
        if (closed) {
            return;
        }
        long number = ++tries;
        told = false;
        heardNanos = time.nanoTime();
        Lines reading = new Lines(
                "signals", () -> heard(number), data -> event(number, data), () -> broken(number, "the stream ended"));
        lines = reading;
        HttpRequest request = request("/api/v1/signals/stream")
                .header("Accept", "text/event-stream")
                .build();
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request, info -> {
            boolean good = info.statusCode() == 200
                    && info.headers().firstValue("content-type").orElse("").startsWith("text/event-stream");
            return good
                    ? HttpResponse.BodySubscribers.fromLineSubscriber(reading)
                    : HttpResponse.BodySubscribers.discarding();
        });
        pending = answer;
        var unused = answer.whenComplete((response, failure) -> broken(
                number,
                failure != null
                        ? "cannot be reached: " + cause(failure)
                        : response.statusCode() == 200 ? "the stream ended" : "answered " + response.statusCode()));
        watch(number, ANSWER);
    }

    private static String cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return String.valueOf(cause == null ? failure : cause);
    }

    private void watch(long number, Duration pause) {
        timer = time.schedule(time.nanoTime() + pause.toNanos(), () -> look(number));
    }

    /** The first event comes at once, and from then on something every 15 s; else nothing gets through. */
    private void look(long number) {
        synchronized (lock) {
            if (number != tries || closed) {
                return;
            }
            long quiet = time.nanoTime() - heardNanos;
            if (told && quiet < SILENCE.toNanos()) {
                watch(number, Duration.ofNanos(SILENCE.toNanos() - quiet));
                return;
            }
            broken(number, told ? "was silent for " + SILENCE.toSeconds() + " s" : "sent nothing");
        }
    }

    private void heard(long number) {
        synchronized (lock) {
            if (number == tries) {
                heardNanos = time.nanoTime();
            }
        }
    }

    private void event(long number, String data) {
        synchronized (lock) {
            if (number != tries || closed) {
                return;
            }
            told = true;
            good(GuardSignals.Link.STREAM);
        }
        read(data);
    }

    private void good(GuardSignals.Link way) {
        link = way;
        failures = 0;
        trouble = null;
    }

    private void read(String text) {
        try {
            message.accept(text);
        } catch (IllegalArgumentException e) {
            synchronized (lock) {
                trouble = e.getMessage();
            }
        }
    }

    /** The stream is over; if it never began, the guard is asked instead. */
    private void broken(long number, String why) {
        synchronized (lock) {
            if (number != tries || closed) {
                return;
            }
            boolean began = told;
            endTry();
            trouble = "the guard at " + guard + ' ' + why;
            if (began) {
                retry();
            } else {
                streamAgainNanos = time.nanoTime() + STREAM_AGAIN.toNanos();
                ask();
            }
        }
    }

    private void endTry() {
        tries++;
        told = false;
        Lines reading = lines;
        lines = null;
        if (reading != null) {
            reading.cancel();
        }
        CompletableFuture<?> answer = pending;
        pending = null;
        if (answer != null) {
            answer.cancel(true);
        }
        TimeSource.Timeout set = timer;
        timer = null;
        if (set != null) {
            set.cancel();
        }
    }

    private void ask() {
        if (closed) {
            return;
        }
        long number = ++tries;
        HttpRequest request = request("/api/v1/signals").timeout(ANSWER).build();
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        pending = answer;
        var unused = answer.whenComplete((response, failure) -> answered(number, response, failure));
    }

    private void answered(long number, @Nullable HttpResponse<String> response, @Nullable Throwable failure) {
        boolean good = response != null && response.statusCode() == 200;
        synchronized (lock) {
            if (number != tries || closed) {
                return;
            }
            if (!good) {
                trouble = "the guard at " + guard + ' '
                        + (response != null
                                ? "answered " + response.statusCode()
                                : "cannot be reached: " + (failure == null ? "no answer" : cause(failure)));
                // It is the whole guard that is away, so the stream may well work when it is back.
                streamAgainNanos = 0;
                retry();
                return;
            }
            good(GuardSignals.Link.POLLING);
            // Spread over the last quarter, so that pods that started together do not ask together.
            long spread = poll.toNanos() / 4;
            timer = time.schedule(time.nanoTime() + poll.toNanos() - random.nextBelow(Math.max(1, spread)), this::open);
        }
        if (response != null) {
            read(response.body());
        }
    }

    private void retry() {
        if (link != GuardSignals.Link.AWAY) {
            LOG.log(Level.WARNING, trouble + "; signals hold until their own times are over");
        }
        link = GuardSignals.Link.AWAY;
        long wait = WAITS.nextDelayNanos(Math.min(++failures, 30), 0, random);
        timer = time.schedule(time.nanoTime() + Math.max(0, wait), this::open);
    }

    void close() {
        synchronized (lock) {
            closed = true;
            endTry();
        }
    }
}
