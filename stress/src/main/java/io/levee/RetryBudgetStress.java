package io.levee;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Races at a {@link RetryBudget}. The balance is told in whole tokens. */
public class RetryBudgetStress {
    private static final long NOW = 100 * Nanos.PER_SECOND;

    private RetryBudgetStress() {}

    /** A budget that begins with so many tokens, at most so many, and a token for each call. */
    private static RetryBudget budget(int tokens, int most, double reservePerSecond) {
        RetryBudget budget = RetryBudget.ratio(1)
                .maxBalance(most)
                .reservePerSecond(reservePerSecond)
                .build(NOW);
        if (!budget.tryWithdraw(most - tokens, NOW)) {
            throw new IllegalStateException("a new budget holds " + budget.balance(NOW) + " of " + most);
        }
        return budget;
    }

    private static int balance(RetryBudget budget, long nowNanos) {
        return (int) Math.round(budget.balance(nowNanos));
    }

    @JCStressTest
    @Description("Two retries want the last token. Result: each got it; the balance.")
    @Outcome(
            id = {"1, 0, 0", "0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "one retry")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "OVERDRAWN: one token paid for two retries")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOKEN_LOST: the token is gone, or was there and refused")
    @State
    public static class LastToken {
        private final RetryBudget budget = budget(1, 2, 0);

        @Actor
        public void one(III_Result r) {
            r.r1 = Flag.of(budget.tryWithdraw(1, NOW));
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Flag.of(budget.tryWithdraw(1, NOW));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = balance(budget, NOW);
        }
    }

    @JCStressTest
    @Description("One retry gets its token back while another wants it. Result: -; got it; the balance.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "refunded, then spent")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "refused, then refunded")
    @Outcome(id = "0, 1, [1-9]", expect = FORBIDDEN, desc = "TOKEN_MINTED: spent, and there still")
    @Outcome(id = "0, 0, 0", expect = FORBIDDEN, desc = "TOKEN_LOST: refunded, spent by nobody, and gone")
    @State
    public static class RefundAndWithdraw {
        private final RetryBudget budget = budget(0, 2, 0);

        @Actor
        public void succeeded() {
            budget.refund(1);
        }

        @Actor
        public void retry(III_Result r) {
            r.r2 = Flag.of(budget.tryWithdraw(1, NOW));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = balance(budget, NOW);
        }
    }

    @JCStressTest
    @Description("A call pays into a full budget while a retry takes a token out. Result: -; got it; the balance.")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the call found it full")
    @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "the retry came first")
    @Outcome(id = "0, 1, [3-9]", expect = FORBIDDEN, desc = "ABOVE_MAX: more than may be saved up")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOKEN_LOST: a full budget refused, or lost a token")
    @State
    public static class DepositAtFull {
        private final RetryBudget budget = budget(2, 2, 0);

        @Actor
        public void call() {
            budget.deposit();
        }

        @Actor
        public void retry(III_Result r) {
            r.r2 = Flag.of(budget.tryWithdraw(1, NOW));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = balance(budget, NOW);
        }
    }

    @JCStressTest
    @Description("A call and a refund pay in together where there is room for one. Result: the balance.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "full")
    @Outcome(id = "[3-9]", expect = FORBIDDEN, desc = "ABOVE_MAX: more than may be saved up")
    @Outcome(id = "[01]", expect = FORBIDDEN, desc = "TOKEN_LOST: neither was paid in")
    @State
    public static class DepositAndRefundNearFull {
        private final RetryBudget budget = budget(1, 2, 0);

        @Actor
        public void call() {
            budget.deposit();
        }

        @Actor
        public void succeeded() {
            budget.refund(1);
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = balance(budget, NOW);
        }
    }

    @JCStressTest
    @Description("A call and a refund pay in together where there is room for both. Result: the balance.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "both were paid in")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "UPDATE_LOST: one of them wrote over the other")
    @State
    public static class DepositAndRefund {
        private final RetryBudget budget = budget(0, 5, 0);

        @Actor
        public void call() {
            budget.deposit();
        }

        @Actor
        public void succeeded() {
            budget.refund(1);
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = balance(budget, NOW);
        }
    }

    @JCStressTest
    @Description("One retry gets its token back while another takes one of two. Result: -; got it; the balance.")
    @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "one in, one out")
    @Outcome(id = "0, 1, 1", expect = FORBIDDEN, desc = "REFUND_LOST: the withdrawal wrote over it")
    @Outcome(
            id = "0, 1, 3",
            expect = FORBIDDEN,
            desc = "WITHDRAWAL_LOST: the refund wrote over it, and a retry was free")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "REFUSED: two tokens were there")
    @State
    public static class RefundAndWithdrawOfTwo {
        private final RetryBudget budget = budget(2, 5, 0);

        @Actor
        public void succeeded() {
            budget.refund(1);
        }

        @Actor
        public void retry(III_Result r) {
            r.r2 = Flag.of(budget.tryWithdraw(1, NOW));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = balance(budget, NOW);
        }
    }

    @JCStressTest
    @Description("A second after the budget ran dry, two retries ask for its reserve of one token. "
            + "Result: each got it; the balance.")
    @Outcome(
            id = {"1, 0, 0", "0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "one retry")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "RESERVE_PAID_TWICE: both have paid it in")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "RESERVE_LOST: nobody has paid it in")
    @State
    public static class ReserveOfOne {
        private final RetryBudget budget = budget(0, 5, 1);

        @Actor
        public void one(III_Result r) {
            r.r1 = Flag.of(budget.tryWithdraw(1, NOW + Nanos.PER_SECOND));
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Flag.of(budget.tryWithdraw(1, NOW + Nanos.PER_SECOND));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = balance(budget, NOW + Nanos.PER_SECOND);
        }
    }

    @JCStressTest
    @Description("A second after the budget ran dry, two retries ask for its reserve of two tokens. "
            + "Result: each got one; the balance.")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "both got one")
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1"},
            expect = ACCEPTABLE_INTERESTING,
            desc = "one asked while the other was about to pay the reserve in, and was refused; the token is there")
    @Outcome(id = "1, 1, [1-9]", expect = FORBIDDEN, desc = "RESERVE_PAID_TWICE: both have paid it in")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "RESERVE_LOST: a token of the reserve is gone")
    @State
    public static class ReserveOfTwo {
        private final RetryBudget budget = budget(0, 5, 2);

        @Actor
        public void one(III_Result r) {
            r.r1 = Flag.of(budget.tryWithdraw(1, NOW + Nanos.PER_SECOND));
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Flag.of(budget.tryWithdraw(1, NOW + Nanos.PER_SECOND));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = balance(budget, NOW + Nanos.PER_SECOND);
        }
    }

    @JCStressTest
    @Description("The largest balance is lowered from 5 to 2 while a retry takes two of three tokens. "
            + "Result: -; got them; the balance.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "cut to two, then spent")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "spent, and nothing to be cut")
    @Outcome(id = "0, 1, [2-9]", expect = FORBIDDEN, desc = "TOKEN_MINTED: the cut wrote over the withdrawal")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "REFUSED: two tokens were there")
    @State
    public static class ChangeAndWithdraw {
        private final RetryBudget budget = budget(3, 5, 0);

        @Actor
        public void operator() {
            budget.change(0, 2, NOW);
        }

        @Actor
        public void retry(III_Result r) {
            r.r2 = Flag.of(budget.tryWithdraw(2, NOW));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = balance(budget, NOW);
        }
    }
}
