package io.levee.guard.exporter;

import io.levee.Levee;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Tells a guard of every call that a Levee made: one event a call, whatever number of attempts it took. The Levee's name is the
 * event's service, the call's name its route.
 *
 * <pre>{@code
 * GuardExporter exporter = GuardExporter.to(URI.create("http://guard:8350")).token(token).release("2026.11.3").start();
 * Levee inventory = Levee.named("inventory").telemetry(exporter).build();
 * }</pre>
 *
 * <p>A call never waits for the guard: its event goes into a queue of bounded size, and a thread sends it on in batches. While the
 * guard is away the queue fills; what finds it full is dropped and {@linkplain #state() counted}. A batch without an answer is
 * sent again under the same id, so that nothing counts twice. What waits when the JVM exits is sent within 5 s.
 *
 * <p>The jar on the class or module path does this for every Levee that names no telemetry itself, if the environment variable
 * {@code LEVEE_GUARD_URL} (or the system property {@code levee.guard.url}) is set; {@code LEVEE_GUARD_TOKEN},
 * {@code LEVEE_RELEASE}, {@code LEVEE_ENVIRONMENT} and {@code LEVEE_SIDE} say the rest. Thread-safe.
 */
public final class GuardExporter implements Telemetry, AutoCloseable {
    private final Settings settings;
    private final EventRing ring;
    private final Sender sender;
    private final Thread thread;
    private final Thread atExit;

    private GuardExporter(Settings settings) {
        this.settings = settings;
        ring = new EventRing(settings.queue());
        sender = new Sender(settings, ring);
        thread = new Thread(sender, "levee-guard-exporter");
        thread.setDaemon(true);
        atExit = new Thread(this::flush, "levee-guard-exporter-exit");
        Runtime.getRuntime().addShutdownHook(atExit);
        thread.start();
    }

    /** All there is to set. */
    record Settings(
            URI uri,
            @Nullable String token,
            @Nullable String release,
            String environment,
            @Nullable String side,
            int queue,
            Duration pause,
            Duration timeout,
            Duration firstWait,
            Duration longestWait,
            Duration closeWithin) {
        URI events() {
            return uri.resolve(
                    (uri.getRawPath() == null || uri.getRawPath().endsWith("/") ? "" : uri.getRawPath() + "/")
                            + "api/v1/events");
        }

        String[] authorization() {
            return token == null ? new String[] {"Accept", "*/*"} : new String[] {"Authorization", "Bearer " + token};
        }
    }

    /**
     * Begins to set one up.
     *
     * @param guard where the guard listens, such as {@code https://guard.example.org}
     * @return a builder with the defaults
     * @throws IllegalArgumentException if it is no http or https URL
     */
    public static Builder to(URI guard) {
        return new Builder(guard);
    }

    @Override
    public TelemetrySink sink(Levee levee) {
        return new CallSink(levee.name(), ring, sender, thread, InstantSource.system());
    }

    /**
     * What became of the events so far.
     *
     * @return the counts
     */
    public ExporterState state() {
        return sender.state();
    }

    /** Sends what waits, within 5 s, and ends the thread. Events of later calls are dropped. */
    @Override
    public void close() {
        flush();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            // Then the hook has nothing left to do.
        }
    }

    private void flush() {
        sender.closing();
        LockSupport.unpark(thread);
        try {
            thread.join(settings.closeWithin().toMillis());
            thread.interrupt();
            thread.join(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    /** Sets up a {@link GuardExporter}. Not thread-safe. */
    public static final class Builder {
        private static final Set<String> ENVIRONMENTS = Set.of("staging", "canary", "production");

        private final URI guard;
        private @Nullable String token;
        private @Nullable String release;
        private String environment = "production";
        private @Nullable String side;
        private int queue = 1 << 14;
        private Duration firstWait = Duration.ofSeconds(1);
        private Duration closeWithin = Duration.ofSeconds(5);
        private Duration timeout = Duration.ofSeconds(10);

        private Builder(URI guard) {
            String scheme = guard.getScheme();
            if (guard.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
                throw new IllegalArgumentException(
                        "'" + guard + "' is no URL of a guard; write such as http://guard.example.org:8350");
            }
            this.guard = guard;
        }

        /**
         * Sets the token, with the role ingest. Default none.
         *
         * @param secret as {@code levee guard} issued it
         * @return this
         */
        public Builder token(@Nullable String secret) {
            token = secret;
            return this;
        }

        /**
         * Sets the release that makes the calls: what the gate is asked for. Default none.
         *
         * @param name its version
         * @return this
         */
        public Builder release(@Nullable String name) {
            release = name;
            return this;
        }

        /**
         * Sets where it runs. Default production.
         *
         * @param name staging, canary or production
         * @return this
         * @throws IllegalArgumentException for any other name
         */
        public Builder environment(String name) {
            if (!ENVIRONMENTS.contains(name)) {
                throw new IllegalArgumentException(
                        "'" + name + "' is no environment; write staging, canary or production");
            }
            environment = name;
            return this;
        }

        /**
         * Sets the side of a canary. Default none.
         *
         * @param name stable or canary; null for none
         * @return this
         * @throws IllegalArgumentException for any other name
         */
        public Builder side(@Nullable String name) {
            if (name != null && !name.equals("stable") && !name.equals("canary")) {
                throw new IllegalArgumentException("'" + name + "' is no side; write stable or canary");
            }
            side = name;
            return this;
        }

        /**
         * Sets how many events may wait; each takes some 60 bytes, from the start. Default 16,384.
         *
         * @param events is rounded up to a power of two
         * @return this
         * @throws IllegalArgumentException if it is not from 2 to 1,048,576
         */
        public Builder queue(int events) {
            if (events < 2 || events > 1 << 20) {
                throw new IllegalArgumentException("queue must be from 2 to 1048576 events, is " + events);
            }
            queue = Integer.highestOneBit(events - 1) << 1;
            return this;
        }

        Builder waits(Duration first, Duration answer, Duration close) {
            firstWait = first;
            timeout = answer;
            closeWithin = close;
            return this;
        }

        /**
         * Starts it: from now on there is a thread that sends.
         *
         * @return telemetry for any number of Levees, to be closed at the end
         */
        public GuardExporter start() {
            return new GuardExporter(new Settings(
                    guard,
                    token,
                    release,
                    environment,
                    side,
                    queue,
                    Duration.ofMillis(500),
                    timeout,
                    firstWait,
                    Duration.ofSeconds(30),
                    closeWithin));
        }
    }
}
