package io.levee.console;

import io.levee.CallView;
import io.levee.Decision;
import io.levee.Levee;
import io.levee.LeveeEvent;
import io.levee.TelemetrySink;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the page knows of one downstream. Its Levee tells it of calls on their threads, where it adds to striped counters;
 * a call that succeeds at once costs one addition and no allocation. Records are kept only while a console runs, and only
 * so many a second. Holds its Levee weakly, so that one nobody uses any more can go.
 */
final class Panel implements TelemetrySink {
    /** Two minutes of history, a sample a second. */
    static final int HISTORY = 120;

    /** Records kept between two samples; a storm makes thousands, and what is beyond this is counted. */
    static final int NOTES_PER_SECOND = 25;

    private final Board board;
    private final String id;
    private final String label;
    private final WeakReference<Levee> levee;

    private final LongAdder succeededAtOnce = new LongAdder();
    private final LongAdder savedByRetry = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder firstAttemptsFailed = new LongAdder();
    private final LongAdder retries = new LongAdder();

    /** Records taken since the last sample. Opponents: all threads that fail, and the sampler, which empties it. */
    private final AtomicInteger taken = new AtomicInteger();

    private final LongAdder dropped = new LongAdder();
    private volatile boolean closed;

    /** Guarded by this; only the sampler and whoever renders come here. */
    private final Deque<Sample> history = new ArrayDeque<>();

    private Counts last = Counts.ZERO;
    private double mostTokens = 1;

    Panel(Board board, String id, String label, Levee levee) {
        this.board = board;
        this.id = id;
        this.label = label;
        this.levee = new WeakReference<>(levee);
    }

    String id() {
        return id;
    }

    String label() {
        return label;
    }

    @Nullable
    Levee levee() {
        return levee.get();
    }

    boolean isClosed() {
        return closed;
    }

    long droppedNotes() {
        return dropped.sum();
    }

    // --- told by the engine
    // -------------------------------------------------------------------------------------------

    @Override
    public boolean timesEveryCall() {
        return false;
    }

    @Override
    public void attemptEnded(CallView call, @Nullable Object state) {
        if (call.attempt() > 0) {
            retries.increment();
        } else if (call.verdict() == null || !call.verdict().isSuccess()) {
            firstAttemptsFailed.increment();
        }
    }

    @Override
    public void retryScheduled(CallView call, @Nullable Object state, Decision decision) {
        if (mayNote()) {
            note(decision);
        }
    }

    @Override
    public void callEnded(CallView call, @Nullable Object state) {
        if (call.stop() == null) {
            (call.attemptsMade() > 1 ? savedByRetry : succeededAtOnce).increment();
            return;
        }
        failed.increment();
        if (call.attemptsMade() == 0) {
            refused.increment();
        }
        if (mayNote()) {
            Decision decision = call.decision();
            if (decision != null) {
                note(decision);
            }
        }
    }

    @Override
    public void breakerChanged(LeveeEvent.BreakerChanged change) {
        if (board.isWatched()) {
            String title =
                    "breaker " + change.to().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            board.add(this, Note.Kind.BREAKER, title, change.reason(), null);
        }
    }

    @Override
    public void closed() {
        closed = true;
    }

    private boolean mayNote() {
        if (!board.isWatched()) {
            return false;
        }
        if (taken.get() < NOTES_PER_SECOND && taken.getAndIncrement() < NOTES_PER_SECOND) {
            return true;
        }
        dropped.increment();
        return false;
    }

    private void note(Decision decision) {
        board.add(this, Note.kindOf(decision), Note.titleOf(decision), decision.reason(), decision);
    }

    // --- read by the page
    // -----------------------------------------------------------------------------------------------

    /** Takes the counts of the time since the last sample. */
    synchronized void sample(double seconds) {
        taken.set(0);
        Counts now = counts();
        history.addLast(new Sample(now.minus(last), seconds));
        last = now;
        while (history.size() > HISTORY) {
            history.removeFirst();
        }
    }

    /** What a stretch without a sampler counted belongs to no second. */
    synchronized void restart() {
        history.clear();
        last = counts();
    }

    synchronized List<Sample> history() {
        return new ArrayList<>(history);
    }

    /** The most that the balance was seen at, as the full width of its gauge. */
    synchronized double mostTokens(double now) {
        mostTokens = Math.max(mostTokens, now);
        return mostTokens;
    }

    Counts counts() {
        return new Counts(
                succeededAtOnce.sum(),
                savedByRetry.sum(),
                failed.sum(),
                refused.sum(),
                firstAttemptsFailed.sum(),
                retries.sum());
    }

    /** What was counted in one second, and how long that was. */
    record Sample(Counts counts, double seconds) {}
}
