package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.stress.Model;
import io.levee.stress.Recorder;
import java.util.concurrent.atomic.AtomicLong;
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

    /** What a retry budget is to these tests; so that a wrong one can be put in its place. */
    private interface Purse {
        void deposit();

        void refund(int cost);

        boolean tryWithdraw(int cost);

        double balance();
    }

    private static Purse budget() {
        RetryBudget budget =
                RetryBudget.ratio(0.3).reservePerSecond(0).maxBalance(MOST).build(0);
        return new Purse() {
            @Override
            public void deposit() {
                budget.deposit();
            }

            @Override
            public void refund(int cost) {
                budget.refund(cost);
            }

            @Override
            public boolean tryWithdraw(int cost) {
                return budget.tryWithdraw(cost, 0);
            }

            @Override
            public double balance() {
                return budget.balance(0);
            }
        };
    }

    private static Recorder.Subject<Act> subject(Purse purse) {
        return thread -> random -> {
            int cost = random.nextInt(1, 3);
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    purse.deposit();
                    return new Act(Kind.DEPOSIT, 0, 0);
                }
                case 2 -> {
                    purse.refund(cost);
                    return new Act(Kind.REFUND, cost, 0);
                }
                case 3 -> {
                    return new Act(Kind.BALANCE, 0, Math.round(purse.balance() * MICRO));
                }
                default -> {
                    return new Act(Kind.WITHDRAW, cost, Flag.of(purse.tryWithdraw(cost)));
                }
            }
        };
    }

    @Test
    void everyHistoryHasAnOrder() {
        Histories.areLinearizable(MODEL, () -> subject(budget()), 16);
    }

    /** Adds first and cuts to the most afterwards: in between there is more than the most. */
    private static final class CutsAfterwards implements Purse {
        private final AtomicLong micros = new AtomicLong(MOST * MICRO);

        private void add(long more) {
            if (micros.addAndGet(more) > MOST * MICRO) {
                Thread.yield();
                micros.updateAndGet(seen -> Math.min(MOST * MICRO, seen));
            }
        }

        @Override
        public void deposit() {
            add(SHARE);
        }

        @Override
        public void refund(int cost) {
            add(cost * MICRO);
        }

        @Override
        public boolean tryWithdraw(int cost) {
            long price = cost * MICRO;
            long seen = micros.get();
            while (seen >= price) {
                if (micros.compareAndSet(seen, seen - price)) {
                    return true;
                }
                seen = micros.get();
            }
            return false;
        }

        @Override
        public double balance() {
            return micros.get() / (double) MICRO;
        }
    }

    @Test
    void aBudgetThatIsCutAfterwardsIsFoundOut() {
        assertThat(Histories.firstViolation(MODEL, () -> subject(new CutsAfterwards()), 16, 400_000))
                .hasValueSatisfying(found -> assertThat(found).startsWith("seed "));
    }
}
