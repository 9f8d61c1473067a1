package io.levee;

import io.levee.stress.Model;
import io.levee.stress.Recorder;
import org.junit.jupiter.api.Test;

/**
 * Without its reserve a retry budget does what one thread at a time would see it do. With the reserve it deliberately
 * does not: paying it in is two steps (the stretch is claimed, then the balance grows), and who asks in between may be
 * refused a token that is about to be there. RetryBudgetStress shows that no token is lost or minted by that.
 */
class RetryBudgetHistoryTest {
    private static final long MICRO = 1_000_000;
    private static final long SHARE = 300_000;
    private static final int MOST = 3;

    private enum Kind {
        DEPOSIT,
        WITHDRAW,
        REFUND,
        BALANCE
    }

    /** The answer is 1 for yes and 0 for no, or the balance in millionths. */
    private record Act(Kind kind, int cost, long answer) {}

    private static final Model<Long, Act> MODEL = new Model<>() {
        @Override
        public Long initial() {
            return MOST * MICRO;
        }

        @Override
        public Long next(Long balance, Act act, int step, int owner) {
            long price = act.cost * MICRO;
            return switch (act.kind) {
                case DEPOSIT -> Long.valueOf(Math.min(MOST * MICRO, balance + SHARE));
                case REFUND -> Long.valueOf(Math.min(MOST * MICRO, balance + price));
                case WITHDRAW ->
                    act.answer == Flag.of(balance >= price) ? Long.valueOf(balance - act.answer * price) : null;
                case BALANCE -> act.answer == balance ? balance : null;
            };
        }
    };

    private static Recorder.Subject<Act> subject() {
        RetryBudget budget =
                RetryBudget.ratio(0.3).reservePerSecond(0).maxBalance(MOST).build(0);
        return thread -> random -> {
            int cost = random.nextInt(1, 3);
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    budget.deposit();
                    return new Act(Kind.DEPOSIT, 0, 0);
                }
                case 2 -> {
                    budget.refund(cost);
                    return new Act(Kind.REFUND, cost, 0);
                }
                case 3 -> {
                    return new Act(Kind.BALANCE, 0, Math.round(budget.balance(0) * MICRO));
                }
                default -> {
                    return new Act(Kind.WITHDRAW, cost, Flag.of(budget.tryWithdraw(cost, 0)));
                }
            }
        };
    }

    @Test
    void everyHistoryHasAnOrder() {
        Histories.areLinearizable(MODEL, RetryBudgetHistoryTest::subject, 16);
    }
}
