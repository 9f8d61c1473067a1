package io.levee;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.levee.test.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Races at whole calls: each ends once, with one outcome, and leaves nothing behind. */
public class CallStress {
    private CallStress() {}

    /** One attempt in flight at most, so that one who does not leave is seen; everything runs on the actors' threads. */
    private static Levee levee(TimeSource time) {
        return Levee.named("downstream")
                .bulkhead(Bulkhead.inFlight(1))
                .retry(RetryPolicy.fixed(Duration.ofSeconds(1)).attempts(2))
                .retryBudget(RetryBudget.ratio(1))
                .executor(Runnable::run)
                .time(time)
                .build();
    }

    private static int leftBehind(Levee levee, VirtualTime time) {
        LeveeState state = levee.state();
        return state.inFlight() + state.pending() + time.pending();
    }

    private static int outcome(CompletableFuture<Integer> call) {
        if (!call.isDone()) {
            return 0;
        }
        if (call.isCancelled()) {
            return 2;
        }
        return call.isCompletedExceptionally() ? 3 : 1;
    }

    @JCStressTest
    @Description("The attempt's stage completes while the caller cancels. "
            + "Result: cancel answered; outcome (1 value, 2 cancelled, 3 failed); in bulkhead, pending or timer.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "completed before")
    @Outcome(id = "1, 2, 0", expect = ACCEPTABLE, desc = "cancelled")
    @Outcome(id = ".*, [1-9]", expect = FORBIDDEN, desc = "LEFT_BEHIND: a place in the bulkhead, a timer or a call")
    @Outcome(id = ".*, 0, .", expect = FORBIDDEN, desc = "NEVER_ENDS: neither completed nor cancelled")
    @Outcome(
            id = ".*",
            expect = FORBIDDEN,
            desc = "TWO_OUTCOMES: cancel's answer and the outcome contradict each other")
    @State
    public static class CompleteAndCancel {
        private final VirtualTime time = VirtualTime.manual();
        private final Levee levee = levee(time);
        private final CompletableFuture<Integer> stage = new CompletableFuture<>();
        private final CompletableFuture<Integer> call = levee.callAsync(attempt -> stage);

        @Actor
        public void downstream() {
            stage.complete(1);
        }

        @Actor
        public void caller(III_Result r) {
            r.r1 = Flag.of(call.cancel(true));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r2 = outcome(call);
            r.r3 = leftBehind(levee, time);
        }
    }

    @JCStressTest
    @Description("The attempt's stage completes while the Levee closes. "
            + "Result: outcome (1 value, 2 cancelled, 3 failed); in bulkhead, pending or timer.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "completed before")
    @Outcome(id = "3, 0", expect = ACCEPTABLE, desc = "closed")
    @Outcome(id = "0, .", expect = FORBIDDEN, desc = "NEVER_ENDS: pending in a closed Levee")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "LEFT_BEHIND: a place in the bulkhead, a timer or a call")
    @State
    public static class CompleteAndClose {
        private final VirtualTime time = VirtualTime.manual();
        private final Levee levee = levee(time);
        private final CompletableFuture<Integer> stage = new CompletableFuture<>();
        private final CompletableFuture<Integer> call = levee.callAsync(attempt -> stage);

        @Actor
        public void downstream() {
            stage.complete(1);
        }

        @Actor
        public void operator() {
            levee.close();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = outcome(call);
            r.r2 = leftBehind(levee, time);
        }
    }

    @JCStressTest
    @Description("A call is started while the Levee closes. "
            + "Result: outcome (1 value, 2 cancelled, 3 failed); in bulkhead, pending or timer.")
    @Outcome(id = "3, 0", expect = ACCEPTABLE, desc = "refused or ended")
    @Outcome(id = "0, .", expect = FORBIDDEN, desc = "NEVER_ENDS: pending in a closed Levee")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "LEFT_BEHIND: a place in the bulkhead, a timer or a call")
    @State
    public static class StartAndClose {
        private final VirtualTime time = VirtualTime.manual();
        private final Levee levee = levee(time);
        private volatile CompletableFuture<Integer> call;

        @Actor
        public void caller() {
            call = levee.callAsync(attempt -> new CompletableFuture<>());
        }

        @Actor
        public void operator() {
            levee.close();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = outcome(call);
            r.r2 = leftBehind(levee, time);
        }
    }

    @JCStressTest
    @Description("The attempt's time is up as its stage completes. "
            + "Result: outcome (1 value, 3 failed); in bulkhead, pending or timer.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "completed before")
    @Outcome(id = "3, 0", expect = ACCEPTABLE, desc = "timed out")
    @Outcome(id = "0, .", expect = FORBIDDEN, desc = "NEVER_ENDS: timer and stage each relied on the other")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "LEFT_BEHIND: a place in the bulkhead, a timer or a call")
    @State
    public static class CompleteAndTimeOut {
        private final VirtualTime time = VirtualTime.manual();
        private final Levee levee = levee(time);
        private final CompletableFuture<Integer> stage = new CompletableFuture<>();
        private final CompletableFuture<Integer> call = levee.callAsync(attempt -> stage);

        @Actor
        public void downstream() {
            stage.complete(1);
        }

        @Actor
        public void clock() {
            time.advance(Duration.ofSeconds(10));
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = outcome(call);
            r.r2 = leftBehind(levee, time);
        }
    }

    @JCStressTest
    @Description("The backoff ends as the caller cancels. Result: attempts; the last attempt's stage goes on; in "
            + "bulkhead, pending or timer.")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "cancelled in the backoff: no further attempt")
    @Outcome(id = "2, 0, 0", expect = ACCEPTABLE, desc = "the second attempt was begun, and cancelled")
    @Outcome(id = "2, 1, .", expect = FORBIDDEN, desc = "RUNS_ON: an attempt of a cancelled call that nobody stops")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "LEFT_BEHIND: a place in the bulkhead, a timer or a call")
    @State
    public static class WakeAndCancel {
        private final VirtualTime time = VirtualTime.manual();
        private final Levee levee = levee(time);
        private final AtomicInteger attempts = new AtomicInteger();
        private final CompletableFuture<Integer> second = new CompletableFuture<>();
        private final CompletableFuture<Integer> call = levee.callAsync(attempt -> {
            attempts.incrementAndGet();
            return attempt.number() == 0 ? CompletableFuture.failedFuture(new ConnectException()) : second;
        });

        @Actor
        public void clock() {
            time.advance(Duration.ofSeconds(1));
        }

        @Actor
        public void caller() {
            call.cancel(true);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = attempts.get();
            r.r2 = Flag.of(r.r1 == 2 && !second.isDone());
            r.r3 = leftBehind(levee, time);
        }
    }

    @JCStressTest
    @Description("A synchronous call begins as its scope is cancelled; its attempt does nothing but wait for the "
            + "interrupt. Result: 1 no attempt, 2 the attempt was interrupted, 3 it was not; a stray interrupt after it; in "
            + "bulkhead or pending.")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "cancelled before an attempt was sent")
    @Outcome(id = "2, 0, 0", expect = ACCEPTABLE, desc = "the attempt was interrupted")
    @Outcome(
            id = "3, 0, 0",
            expect = FORBIDDEN,
            desc =
                    "RUNS_ON: the cancellation fell between admission and the watch, the attempt was not interrupted and "
                            + "went on until its own time was up")
    @Outcome(id = "., 1, .", expect = FORBIDDEN, desc = "STRAY_INTERRUPT: the interrupt outlived its call")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "LEFT_BEHIND: a place in the bulkhead or a call")
    @State
    public static class BeginAndCancel {
        private static final Levee LEVEE = Levee.named("downstream")
                .bulkhead(Bulkhead.inFlight(1_000))
                .noDeadline()
                .noAttemptTimeout()
                .build();

        private final Scope scope = new Scope(null, TimeSource.system(), Nanos.NEVER, null);
        private volatile boolean cancelled;

        @Actor
        public void caller(III_Result r) {
            r.r1 = 1;
            try (Scope.Attachment here = scope.attach()) {
                LEVEE.call(attempt -> {
                    r.r1 = awaitInterrupt();
                    return null;
                });
            } catch (CallCancelledException expected) {
                // in every outcome: the call is cancelled before it ends
            }
            r.r2 = Flag.of(Thread.interrupted());
        }

        /** Cancelling is done when cancel() returns: without an interrupt by then there will be none. */
        private int awaitInterrupt() {
            while (true) {
                boolean over = cancelled;
                if (Thread.currentThread().isInterrupted()) {
                    return 2;
                }
                if (over) {
                    return 3;
                }
                Thread.onSpinWait();
            }
        }

        @Actor
        public void canceller() {
            scope.cancel();
            cancelled = true;
        }

        @Arbiter
        public void after(III_Result r) {
            LeveeState state = LEVEE.state();
            r.r3 = state.inFlight() + state.pending();
        }
    }
}
