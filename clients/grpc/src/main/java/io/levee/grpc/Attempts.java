package io.levee.grpc;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.levee.Attempt;
import io.levee.Call;
import io.levee.Fate;
import io.levee.GrpcStatus;
import io.levee.Outcome;
import io.levee.Scope;
import io.levee.grpc.Translation.Ending;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The engine's side of a call: makes its attempts, and says what they ended with. */
@SuppressWarnings("FutureReturnValueIgnored") // callbacks are registered; their own completion tells nothing more
final class Attempts<ReqT, RespT> {
    private final Exchange<ReqT, RespT> exchange;
    /** For streamed responses: when the call must be over, whichever of Levee and scope says so. */
    private final @Nullable Deadline wholeDeadline;

    private Attempts(Exchange<ReqT, RespT> exchange) {
        this.exchange = exchange;
        this.wholeDeadline = exchange.streamsResponses() ? wholeDeadline(exchange.settings) : null;
    }

    /** Hands a call to the engine, on the thread that starts it. */
    static <ReqT, RespT> void begin(Exchange<ReqT, RespT> exchange) {
        Attempts<ReqT, RespT> attempts = new Attempts<>(exchange);
        CompletableFuture<AttemptCall<ReqT, RespT>> started =
                exchange.settings.levee().callAsync(attempts.engineCall(), attempts::attempt);
        started.whenComplete(exchange::engineEnded);
        exchange.entrusted(started);
    }

    private static @Nullable Deadline wholeDeadline(Settings settings) {
        try (Scope around = Scope.capture()) {
            long nanos = Math.min(settings.deadlineNanos(), around.remainingNanos());
            return nanos == Long.MAX_VALUE ? null : Deadline.after(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private Call<AttemptCall<ReqT, RespT>> engineCall() {
        Call<AttemptCall<ReqT, RespT>> call = Call.<AttemptCall<ReqT, RespT>>named(exchange.method.getFullMethodName())
                .outcome(this::outcome)
                .target(new GrpcTarget(exchange.method.getFullMethodName(), exchange.next.authority()));
        Boolean said = exchange.callOptions.getOption(LeveeClientInterceptor.IDEMPOTENT);
        if (said == null ? isIdempotentMethod() : said) {
            call = call.idempotent();
        } else if (said != null) {
            call = call.notIdempotent();
        }
        Deadline given = minimum(exchange.callOptions.getDeadline(), exchange.context.getDeadline());
        // One that has passed already is left to gRPC, which then says so in its own words.
        return given == null
                ? call
                : call.deadline(Duration.ofNanos(Math.max(1, given.timeRemaining(TimeUnit.NANOSECONDS))));
    }

    private boolean isIdempotentMethod() {
        Settings settings = exchange.settings;
        return exchange.method.isIdempotent()
                || exchange.method.isSafe()
                || (settings.idempotent() != null && settings.idempotent().test(exchange.method));
    }

    private static @Nullable Deadline minimum(@Nullable Deadline a, @Nullable Deadline b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.minimum(b);
    }

    /** Makes one attempt, for the engine. */
    private CompletionStage<AttemptCall<ReqT, RespT>> attempt(Attempt engines) {
        AttemptCall<ReqT, RespT> attempt = new AttemptCall<>(exchange, engines);
        exchange.locked(() -> {
            if (exchange.ending != null) {
                throw new CancellationException("the call has ended");
            }
            exchange.current = attempt;
            exchange.replay.rewind();
            exchange.open++;
        });
        Context before = exchange.context.attach();
        try {
            attempt.start(optionsFor(engines, attempt.witness));
        } catch (Throwable notStarted) {
            exchange.locked(() -> {
                exchange.open--;
            });
            throw notStarted;
        } finally {
            exchange.context.detach(before);
        }
        Ending over = exchange.locked(() -> exchange.ending);
        if (over != null) {
            attempt.cancel(over.status());
        }
        attempt.pump();
        return attempt.stage;
    }

    private CallOptions optionsFor(Attempt engines, Witness witness) {
        Deadline deadline = exchange.callOptions.getDeadline();
        if (exchange.streamsResponses()) {
            deadline = minimum(deadline, wholeDeadline);
        } else {
            long left = engines.remainingNanos();
            if (left != Long.MAX_VALUE) {
                deadline = minimum(deadline, Deadline.after(left, TimeUnit.NANOSECONDS));
            }
        }
        return exchange.callOptions
                .withDeadline(deadline)
                .withStreamTracerFactory(witness)
                .withCallCredentials(witness.gateBefore(exchange.callOptions.getCredentials()));
    }

    /** What an attempt's result means. The engine asks once for each, before it starts another. */
    private Outcome outcome(@Nullable AttemptCall<ReqT, RespT> ended, @Nullable Throwable failure) {
        if (failure == null) {
            return Outcome.value(ended).withGrpcStatus(GrpcStatus.OK);
        }
        Outcome outcome = Outcome.failure(failure);
        Status status = Translation.status(failure);
        AttemptCall<ReqT, RespT> attempt = exchange.locked(() -> exchange.current);
        if (attempt == null || status == null) {
            return outcome;
        }
        boolean committed = attempt.abandon();
        outcome = outcome.withGrpcStatus(GrpcStatus.of(Translation.code(status).value()))
                .withCommitted(committed)
                .withReplayable(exchange.locked(exchange.replay::replayable));
        String pushback = Translation.pushback(failure);
        if (pushback != null) {
            outcome = outcome.withGrpcPushback(pushback);
        }
        Fate fate = attempt.witness.fate(status);
        return fate == null ? outcome : outcome.withFate(fate);
    }
}
