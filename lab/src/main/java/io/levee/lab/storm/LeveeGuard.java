package io.levee.lab.storm;

import io.levee.Call;
import io.levee.Levee;
import io.levee.Outcome;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The library itself, through its public face, in virtual time. Every decision is the library's: this translates a
 * simulated status, and nothing else.
 */
final class LeveeGuard implements Guard {
    private static final Outcome OK = Outcome.value(SimAttempt.OK).withStatus(SimAttempt.OK);
    private static final Outcome REFUSED = Outcome.value(SimAttempt.REFUSED).withStatus(SimAttempt.REFUSED);
    private static final Outcome UNAVAILABLE =
            Outcome.value(SimAttempt.UNAVAILABLE).withStatus(SimAttempt.UNAVAILABLE);

    private static final Call<Integer> CALL =
            Call.<Integer>named("storm").idempotent().outcome(LeveeGuard::outcome);

    private static final Integer BOXED_OK = SimAttempt.OK;

    private final EventLoop loop;
    private final Levee levee;

    LeveeGuard(EventLoop loop, Levee levee) {
        this.loop = loop;
        this.levee = levee;
    }

    private static Outcome outcome(@Nullable Integer status, @Nullable Throwable failure) {
        if (failure != null || status == null) {
            return Outcome.failure(failure == null ? new IllegalStateException("no status") : failure);
        }
        return switch (status) {
            case SimAttempt.OK -> OK;
            case SimAttempt.REFUSED -> REFUSED;
            default -> UNAVAILABLE;
        };
    }

    @Override
    public void call(Service to, CallEnd end) {
        CompletableFuture<Integer> answer = levee.callAsync(CALL, attempt -> new Answer(to));
        // A future keeps what its callbacks throw to itself; here that would be a run with wrong figures.
        CompletableFuture<Void> unused = answer.handle((status, failure) -> {
            try {
                end.ended(failure == null && status != null && status == SimAttempt.OK, loop.nowNanos());
            } catch (Throwable broken) {
                loop.fail(broken);
            }
            return null;
        });
    }

    /** The answer to one attempt. Cancelled, it abandons the attempt. */
    private static final class Answer extends CompletableFuture<Integer> implements SimAttempt.Reply {
        private final SimAttempt attempt;

        Answer(Service to) {
            attempt = to.send(this);
        }

        @Override
        public void answered(int status, long nowNanos) {
            complete(status == SimAttempt.OK ? BOXED_OK : Integer.valueOf(status));
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            attempt.abandon();
            return super.cancel(mayInterruptIfRunning);
        }
    }
}
