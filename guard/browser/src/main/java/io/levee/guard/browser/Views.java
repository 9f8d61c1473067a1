package io.levee.guard.browser;

import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which numbers each view's reports had. A view is settled a minute after its end, so that reports that were overtaken
 * still come, or after 15 minutes of silence, in which the script of a page that is still shown would have reported three times.
 * Thread-safe.
 */
final class Views {
    static final Duration SILENCE = Duration.ofMinutes(15);
    private static final Duration STRAGGLERS = Duration.ofMinutes(1);
    private static final int MOST = 20_000;
    /** A view that is open for days is looked at up to this number only, so that a table entry has 512 bytes at most. */
    private static final int MOST_SEQ = 4_096;

    private final Map<String, View> live = new LinkedHashMap<>();
    /** Views that have been settled; what still comes of them changes nothing. */
    private final Map<String, Boolean> settled = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    private final Instant begun;
    private Loss loss;
    private long untracked;

    private static final class View {
        final BitSet came = new BitSet();
        final int first;
        boolean ended;
        Instant last;

        View(int first, Instant now) {
            this.first = first;
            last = now;
        }
    }

    Views(Instant begun) {
        this.begun = begun;
        loss = Loss.none(begun);
    }

    synchronized void seen(String id, int seq, boolean end, Instant now) {
        if (settled.containsKey(id) || seq >= MOST_SEQ) {
            return;
        }
        View view = live.get(id);
        if (view == null) {
            if (live.size() >= MOST) {
                untracked++;
                return;
            }
            // What a view sent before this guard began was not lost.
            boolean mayBeOlder = now.isBefore(begun.plus(SILENCE));
            view = new View(mayBeOlder ? seq : 0, now);
            live.put(id, view);
        }
        view.last = now;
        view.ended |= end;
        if (seq >= view.first) {
            view.came.set(seq);
        }
    }

    synchronized void settle(Instant now) {
        for (Iterator<Map.Entry<String, View>> all = live.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, View> each = all.next();
            View view = each.getValue();
            if (now.isAfter(view.last.plus(view.ended ? STRAGGLERS : SILENCE))) {
                loss = loss.plus(view.ended, view.came.length() - view.first, view.came.cardinality());
                settled.put(each.getKey(), true);
                all.remove();
            }
        }
    }

    /** What was lost since the last time this was asked. */
    synchronized Loss take(Instant now) {
        Loss taken = loss.until(now);
        loss = Loss.none(now);
        return taken;
    }

    synchronized Loss sofar(Instant now) {
        return loss.until(now);
    }

    synchronized int live() {
        return live.size();
    }

    /** Views that came when the table was full. */
    synchronized long untracked() {
        return untracked;
    }
}
