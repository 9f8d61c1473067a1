package io.levee;

/**
 * A first attempt and its hedge. The machine tells and judges one of them at a time, the one in focus; what the other one
 * holds of the downstream's protections is parked here meanwhile. So admission, judging and reporting are the same code
 * for both.
 */
final class Race {
    private final CallMachine of;
    private final Hedge hedge;
    boolean firstInFocus = true;
    /** False once one of them has ended. */
    boolean otherOut = true;

    // What is said of the one that is not in focus; at first that is a hedge which holds nothing yet.
    private boolean inBulkhead;
    private boolean inLimit;
    private long breakerStamp = Breaker.REFUSED;
    private long startNanos;
    private long dueNanos;

    private Race(CallMachine of, Hedge hedge) {
        this.of = of;
        this.hedge = hedge;
    }

    /** The instant at which the first attempt, just started, is to be hedged; {@link Nanos#NEVER} if it is not. */
    static long startsAtNanos(CallMachine of) {
        Hedge hedge = of.engine.hedge;
        if (hedge == null || of.attempt != 0 || !of.call.hedgeable || !of.repeatable() || of.servesRetry()) {
            return Nanos.NEVER;
        }
        long delay = hedge.delayNanos(of.attemptStartNanos);
        long at = delay == Hedge.UNKNOWN_DELAY ? Nanos.NEVER : Nanos.add(of.attemptStartNanos, delay);
        return at < of.dueNanos ? at : Nanos.NEVER;
    }

    /**
     * The first attempt has run for the hedge's delay. Answers whether the hedge is to be made: it is the attempt in focus
     * then. If not, nothing has happened.
     */
    static boolean start(CallMachine of, long nowNanos) {
        Engine engine = of.engine;
        Hedge hedge = engine.hedge;
        RetryBudget budget = engine.budget;
        if (hedge == null || budget == null || of.attempt != 0) {
            return false;
        }
        if (!allowsSecond(engine) || !budget.tryWithdraw(1, nowNanos)) {
            return false;
        }
        of.used = true;
        Race race = new Race(of, hedge);
        race.exchange();
        of.attempt = 1;
        if (!engine.admitHedge(of, nowNanos)) {
            of.attempt = 0;
            race.exchange();
            budget.refund(1);
            return false;
        }
        of.race = race;
        of.start(nowNanos);
        hedge.sent.increment();
        EventBus events = engine.events;
        if (events != null) {
            events.publish(new LeveeEvent.HedgeSent(
                    engine.name, of.call.operation(), 1, nowNanos - race.startNanos, budget.balance(nowNanos)));
        }
        return true;
    }

    private static boolean allowsSecond(Engine engine) {
        try {
            return Judge.beforeRetry(engine.policy, 1, 0, 0, engine.random) != RetryPolicy.STOP;
        } catch (Throwable broken) {
            // It will throw again where the call depends on it, and end it there.
            return false;
        }
    }

    /** The other attempt comes into focus. */
    private void exchange() {
        boolean bulkhead = of.inBulkhead;
        boolean limit = of.inLimit;
        long stamp = of.breakerStamp;
        long start = of.attemptStartNanos;
        long due = of.dueNanos;
        of.inBulkhead = inBulkhead;
        of.inLimit = inLimit;
        of.breakerStamp = breakerStamp;
        of.attemptStartNanos = startNanos;
        of.dueNanos = dueNanos;
        inBulkhead = bulkhead;
        inLimit = limit;
        breakerStamp = stamp;
        startNanos = start;
        dueNanos = due;
        firstInFocus = !firstInFocus;
    }

    /** What is told next is of the attempt with this number, the first or its hedge. */
    void focus(int number) {
        if (otherOut && firstInFocus != (number == 0)) {
            exchange();
        }
    }

    /** The attempt in focus has failed and may be retried: the one that is still out is that retry. */
    void fallBack() {
        exchange();
        otherOut = false;
    }

    /** The attempt in focus has succeeded; the driver cancels the other. */
    void won(long nowNanos) {
        if (!firstInFocus) {
            hedge.won.increment();
            if (otherOut) {
                hedge.record(nowNanos - startNanos);
            }
        }
        dropOther(nowNanos);
    }

    /** The call ends with the attempt in focus. */
    void dropOther(long nowNanos) {
        if (otherOut) {
            otherOut = false;
            exchange();
            of.engine.leave(of);
            of.tellCutShort(null, nowNanos);
            exchange();
        }
    }
}
