package io.levee.guard.signals;

import io.levee.Breaker;
import io.levee.Limiter;
import io.levee.RandomSource;
import io.levee.TimeSource;
import io.levee.traffic.TrafficWeights;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a guard asks of this process: serve the fallback, force a breaker, lower a limit, shift traffic.
 *
 * <pre>{@code
 * GuardSignals signals = GuardSignals.connect(URI.create("http://guard:8480"), token)
 *         .bind("orders.reads", readWeights)
 *         .bind("inventory.breaker", Objects.requireNonNull(inventory.breaker()));
 * BooleanSupplier lean = signals.fallback("stock.lean");
 *
 * Stock stock = lean.getAsBoolean() ? Stock.UNKNOWN : inventory.call(attempt -> client.stock(sku));
 * }</pre>
 *
 * <p>Signals come over a stream of server-sent events, within milliseconds; where that does not get through, the guard is
 * asked every 5 s. No call ever waits for the guard. If it is away, the last signals hold until their own times are over,
 * reckoned on this process' monotonic clock from the moment at which they came; then everything is as if there were none. So
 * no signal outlives its time limit, whatever breaks.
 *
 * <p>What is bound is changed back when the signal ends. If somebody has changed it by hand meanwhile, it is left as it is.
 *
 * <p>Not guaranteed: that a change made by hand at the very moment of a signal survives; that a limiter which something else
 * sets all the time ({@code levee-fleet}) stays lowered.
 *
 * <p>Thread-safe. Make one for a process and keep it.
 */
public final class GuardSignals implements AutoCloseable {
    private final Board board;
    private final Connection connection;

    private GuardSignals(Builder builder) {
        Board signals = new Board(builder.time);
        board = signals;
        connection = new Connection(
                builder.guard,
                builder.token,
                builder.poll,
                builder.time,
                builder.random,
                text -> signals.set(Message.read(text)));
    }

    /**
     * Connects with the defaults. Returns at once; the guard need not be there.
     *
     * @param guard where it is, such as {@code http://guard:8480}
     * @param token a token with the role ingest or viewer
     * @return an object to keep
     * @throws IllegalArgumentException if the URI is no HTTP URI with a host, or the token is blank
     */
    public static GuardSignals connect(URI guard, String token) {
        return builder(guard, token).connect();
    }

    /**
     * Begins to set up a connection.
     *
     * @param guard where it is, such as {@code http://guard:8480}
     * @param token a token with the role ingest or viewer
     * @return a builder with the defaults
     * @throws IllegalArgumentException if the URI is no HTTP URI with a host, or the token is blank
     */
    public static Builder builder(URI guard, String token) {
        return new Builder(guard, token);
    }

    /**
     * Whether the fallback is to be served.
     *
     * @param name the signal's name
     * @return asks anew at each call: false if there is no such signal, its time is over, or it is of another kind. Takes no
     *     lock and allocates nothing
     */
    public BooleanSupplier fallback(String name) {
        Objects.requireNonNull(name, "name");
        return () -> {
            Signal signal = board.get(name);
            return signal != null && signal.kind().equals("fallback") && Boolean.TRUE.equals(signal.value());
        };
    }

    /**
     * Has a signal of kind {@code weights} set the shares of traffic, until it ends. Its targets must be these.
     *
     * @param name the signal's name
     * @param weights the weights
     * @return this
     */
    public GuardSignals bind(String name, TrafficWeights weights) {
        board.bind(name, new Binding.Weights(Objects.requireNonNull(weights, "weights")));
        return this;
    }

    /**
     * Has a signal of kind {@code breaker} force a breaker open or closed, until it ends. A signal of kind {@code fallback}
     * forces it open: every call is refused at once, its own fallback answers, and telemetry counts it as degraded.
     *
     * @param name the signal's name
     * @param breaker such as {@link io.levee.Levee#breaker()}
     * @return this
     */
    public GuardSignals bind(String name, Breaker breaker) {
        board.bind(name, new Binding.Forced(Objects.requireNonNull(breaker, "breaker; this Levee has none")));
        return this;
    }

    /**
     * Has a signal of kind {@code limit} lower a limiter's rate and burst to a share of what they are when it comes, until it
     * ends.
     *
     * @param name the signal's name
     * @param limiter such as {@link io.levee.Levee#limiter()}
     * @return this
     */
    public GuardSignals bind(String name, Limiter limiter) {
        board.bind(name, new Binding.Lowered(Objects.requireNonNull(limiter, "limiter; this Levee has none")));
        return this;
    }

    /**
     * How it stands, for health pages.
     *
     * @return a snapshot
     */
    public Status status() {
        Map<String, String> reasons = new TreeMap<>();
        board.all().forEach(signal -> reasons.put(signal.name(), signal.reason()));
        String trouble = connection.trouble();
        return new Status(connection.link(), Map.copyOf(reasons), trouble == null ? board.problem() : trouble);
    }

    /** Disconnects, and takes back what signals have changed. */
    @Override
    public void close() {
        connection.close();
        board.close();
    }

    /** How the guard is heard. */
    public enum Link {
        /** By a stream: at once. */
        STREAM,
        /** By asking every few seconds. */
        POLLING,
        /** Not at all. */
        AWAY
    }

    /**
     * A snapshot.
     *
     * @param link how the guard is heard
     * @param signals those that hold, with the guard's reasons
     * @param problem what is wrong; null if nothing
     */
    public record Status(
            Link link,
            Map<String, String> signals,
            @Nullable String problem) {}

    /** Sets up a {@link GuardSignals}. Not thread-safe. */
    public static final class Builder {
        private final URI guard;
        private final String token;
        private Duration poll = Duration.ofSeconds(5);
        private TimeSource time = TimeSource.system();
        private RandomSource random = RandomSource.system();

        private Builder(URI guard, String token) {
            String scheme = String.valueOf(guard.getScheme());
            if (guard.getHost() == null || !List.of("http", "https").contains(scheme)) {
                throw new IllegalArgumentException(
                        "a guard is at an address such as http://guard:8480, and this is '" + guard + "'");
            }
            if (token.isBlank()) {
                throw new IllegalArgumentException("a guard asks for a token, and this one is blank");
            }
            String text = guard.toString();
            this.guard = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            this.token = token;
        }

        /**
         * Sets how often the guard is asked where its stream does not get through. Default 5 s.
         *
         * @param pause 100 ms or more
         * @return this
         * @throws IllegalArgumentException if it is less
         */
        public Builder poll(Duration pause) {
            if (pause.compareTo(Duration.ofMillis(100)) < 0) {
                throw new IllegalArgumentException("the guard is asked every 100 ms at most, not every " + pause);
            }
            poll = pause;
            return this;
        }

        /**
         * Sets the clock by which signals end. Default {@link TimeSource#system()}.
         *
         * @param source such as the test kit's virtual one
         * @return this
         */
        public Builder time(TimeSource source) {
            time = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * Sets what waits are drawn with. Default {@link RandomSource#system()}.
         *
         * @param source such as a seeded one
         * @return this
         */
        public Builder random(RandomSource source) {
            random = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * Connects. Returns at once; the guard need not be there.
         *
         * @return an object to keep
         */
        public GuardSignals connect() {
            GuardSignals signals = new GuardSignals(this);
            signals.connection.open();
            return signals;
        }
    }
}
