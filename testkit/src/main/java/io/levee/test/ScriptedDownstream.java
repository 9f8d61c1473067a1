package io.levee.test;

import io.levee.AsyncAttemptBody;
import io.levee.Attempt;
import io.levee.AttemptBody;
import io.levee.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A downstream that answers each attempt as a script says, in virtual time, and remembers the attempts:
 *
 * <pre>{@code
 * ScriptedDownstream<String> stock = ScriptedDownstream.<String>on(time)
 *         .failsWith(new ConnectException("refused")).times(2)
 *         .thenReturns("7").takes(Duration.ofMillis(20)).forever();
 * }</pre>
 *
 * It is the body of a call, synchronous and asynchronous alike. Write the script first; attempts may then come from any
 * thread. An attempt beyond the script's end fails with an {@link AssertionError}.
 *
 * @param <T> what an attempt returns
 */
public final class ScriptedDownstream<T extends @Nullable Object>
        implements AttemptBody<T, Exception>, AsyncAttemptBody<T> {
    private final VirtualTime time;
    private final long startNanos;
    private final List<Step<T>> script = new ArrayList<>();
    private final List<Received> received = new ArrayList<>();

    private ScriptedDownstream(VirtualTime time) {
        this.time = time;
        this.startNanos = time.nanoTime();
    }

    /**
     * An attempt that reached the downstream.
     *
     * @param number the attempt's number within its call, 0 for the first
     * @param at when it began: time since the downstream was made
     */
    public record Received(int number, Duration at) {}

    private record Step<T extends @Nullable Object>(
            @Nullable T value, @Nullable Throwable failure, boolean hangs, long tookNanos, long times) {
        Step<T> taking(long nanos) {
            return new Step<>(value, failure, hangs, nanos, times);
        }

        Step<T> repeated(long count) {
            return new Step<>(value, failure, hangs, tookNanos, count);
        }
    }

    /**
     * A downstream with an empty script.
     *
     * @param time the time that its attempts take
     * @param <T> what an attempt returns
     * @return a new downstream
     */
    public static <T extends @Nullable Object> ScriptedDownstream<T> on(VirtualTime time) {
        return new ScriptedDownstream<>(Objects.requireNonNull(time, "time"));
    }

    /**
     * The next attempt fails.
     *
     * @param failure an exception or an error
     * @return this
     */
    public ScriptedDownstream<T> failsWith(Throwable failure) {
        return then(new Step<>(null, Objects.requireNonNull(failure, "failure"), false, 0, 1));
    }

    /**
     * The next attempt returns a value.
     *
     * @param value the value
     * @return this
     */
    public ScriptedDownstream<T> thenReturns(T value) {
        return then(new Step<>(value, null, false, 0, 1));
    }

    /**
     * The next attempt never answers: only its timeout or a cancellation ends it.
     *
     * @return this
     */
    public ScriptedDownstream<T> thenHangs() {
        return then(new Step<>(null, null, true, 0, 1));
    }

    private synchronized ScriptedDownstream<T> then(Step<T> step) {
        if (!script.isEmpty() && last().times == Long.MAX_VALUE) {
            throw new IllegalStateException("nothing comes after forever()");
        }
        script.add(step);
        return this;
    }

    /**
     * The step before takes this long, in virtual time. Without it an attempt takes none.
     *
     * @param duration zero or more
     * @return this
     * @throws IllegalArgumentException if the time is negative
     */
    public synchronized ScriptedDownstream<T> takes(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("an attempt takes zero time or more, not " + duration);
        }
        return change(last().taking(duration.toNanos()));
    }

    /**
     * The step before is repeated.
     *
     * @param count how often it happens in all; 1 or more
     * @return this
     * @throws IllegalArgumentException if the count is less than 1
     */
    public synchronized ScriptedDownstream<T> times(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a step happens 1 time or more, not " + count);
        }
        return change(last().repeated(count));
    }

    /**
     * The step before is repeated for every attempt that follows. Ends the script.
     *
     * @return this
     */
    public synchronized ScriptedDownstream<T> forever() {
        return change(last().repeated(Long.MAX_VALUE));
    }

    private Step<T> last() {
        if (script.isEmpty()) {
            throw new IllegalStateException("the script is empty: begin with failsWith, thenReturns or thenHangs");
        }
        return script.get(script.size() - 1);
    }

    private ScriptedDownstream<T> change(Step<T> step) {
        script.set(script.size() - 1, step);
        return this;
    }

    /**
     * The attempts so far, in order.
     *
     * @return a snapshot
     */
    public synchronized List<Received> received() {
        return List.copyOf(received);
    }

    /**
     * How many attempts there were.
     *
     * @return 0 or more
     */
    public synchronized int attempts() {
        return received.size();
    }

    @Override
    @SuppressWarnings("NullAway") // null is the value that the script gave for a T that allows it
    public T run(Attempt attempt) throws Exception {
        Step<T> step = receive(attempt);
        if (step.hangs || step.tookNanos > 0) {
            long until = step.hangs ? Long.MAX_VALUE : time.nanoTime() + step.tookNanos;
            // An attempt that runs out of time is interrupted: this wait then ends with an InterruptedException.
            boolean unused = time.await(until, () -> false, false);
        }
        if (step.failure instanceof Exception exception) {
            throw exception;
        }
        if (step.failure != null) {
            throw asError(step.failure);
        }
        return step.value;
    }

    private static Error asError(Throwable failure) {
        return failure instanceof Error error ? error : new AssertionError(failure);
    }

    @Override
    public CompletionStage<T> start(Attempt attempt) {
        Step<T> step = receive(attempt);
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (step.hangs) {
            return answer;
        }
        if (step.tookNanos == 0) {
            complete(answer, step);
            return answer;
        }
        TimeSource.Timeout end = time.schedule(time.nanoTime() + step.tookNanos, () -> complete(answer, step));
        // An attempt that is cancelled leaves nothing in the timer.
        var unused = answer.whenComplete((value, failure) -> end.cancel());
        return answer;
    }

    @SuppressWarnings("NullAway") // as in run
    private static <T extends @Nullable Object> void complete(CompletableFuture<T> answer, Step<T> step) {
        if (step.failure != null) {
            answer.completeExceptionally(step.failure);
        } else {
            answer.complete(step.value);
        }
    }

    private synchronized Step<T> receive(Attempt attempt) {
        long left = received.size();
        received.add(new Received(attempt.number(), Duration.ofNanos(time.nanoTime() - startNanos)));
        for (Step<T> step : script) {
            if (left < step.times) {
                return step;
            }
            left -= step.times;
        }
        throw new AssertionError("attempt " + received.size() + " in all, but the script ends after "
                + (received.size() - 1) + "; add steps, or end it with forever(). Received: " + received);
    }
}
