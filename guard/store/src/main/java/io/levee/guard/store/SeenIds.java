package io.levee.guard.store;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which ids of events and batches came lately. Of an event's id 64 bits are kept: of 4 million, one in 4.6 x 10^12 new ids is
 * taken for one of them by mistake. Not thread-safe.
 */
final class SeenIds {
    private static final int SMALLEST = 1 << 10;

    private final long keptMs;
    private final int most;
    private final Deque<Group> groups = new ArrayDeque<>();

    /** When each came, the oldest first. */
    private final Map<String, Long> batches = new LinkedHashMap<>();

    /** Open addressing with linear probing; 0 is free. At most half full. */
    private long[] table = new long[SMALLEST];

    private int size;

    SeenIds(long keptMs, int most) {
        this.keptMs = keptMs;
        this.most = most;
    }

    /** Came together. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Group(long seq, long atMs, long[] ids, List<String> batches) {}

    /** Never 0. */
    static long hash(String id) {
        long hash = 0x9E3779B97F4A7C15L ^ id.length();
        long word = 0;
        int length = id.length();
        for (int i = 0; i < length; i++) {
            word = word << 16 | id.charAt(i);
            if ((i & 3) == 3) {
                hash = mixed(hash ^ word);
                word = 0;
            }
        }
        hash = mixed(mixed(hash ^ word) + 0x632BE59BD9B4E019L);
        return hash == 0 ? 1 : hash;
    }

    /** The finaliser of MurmurHash3 (Austin Appleby, public domain): each bit of the input changes half of the output's. */
    private static long mixed(long value) {
        long bits = value;
        bits = (bits ^ bits >>> 33) * 0xFF51AFD7ED558CCDL;
        bits = (bits ^ bits >>> 33) * 0xC4CEB9FE1A85EC53L;
        return bits ^ bits >>> 33;
    }

    /** Whether it is new; then it is remembered until {@link #remove} or the end of its group's time. */
    boolean add(long id) {
        if (size * 2 >= table.length) {
            grow();
        }
        int mask = table.length - 1;
        int slot = (int) id & mask;
        while (table[slot] != 0) {
            if (table[slot] == id) {
                return false;
            }
            slot = slot + 1 & mask;
        }
        table[slot] = id;
        size++;
        return true;
    }

    private void grow() {
        long[] before = table;
        table = new long[before.length * 2];
        size = 0;
        for (long id : before) {
            if (id != 0) {
                add(id);
            }
        }
    }

    void remove(long id) {
        int mask = table.length - 1;
        int slot = (int) id & mask;
        while (table[slot] != id) {
            if (table[slot] == 0) {
                return;
            }
            slot = slot + 1 & mask;
        }
        size--;
        // Whoever stands behind the gap and would be looked for before it moves up.
        int gap = slot;
        for (int next = gap + 1 & mask; table[next] != 0; next = next + 1 & mask) {
            int home = (int) table[next] & mask;
            if ((next - home & mask) >= (next - gap & mask)) {
                table[gap] = table[next];
                gap = next;
            }
        }
        table[gap] = 0;
    }

    boolean hasBatch(String batch) {
        return batches.containsKey(batch);
    }

    /** Says until when ids that were {@link #add added} are remembered. */
    void keep(Group group) {
        groups.addLast(group);
        group.batches().forEach(batch -> batches.put(batch, group.atMs()));
        int over = size - most;
        while (over > 0 && !groups.isEmpty()) {
            over -= groups.getFirst().ids().length;
            forgetFirst();
        }
    }

    /** As {@link #keep}, of another guard's or of before a restart. */
    void addAndKeep(Group group) {
        int fresh = 0;
        long[] ids = new long[group.ids().length];
        for (long id : group.ids()) {
            if (add(id)) {
                ids[fresh++] = id;
            }
        }
        keep(new Group(group.seq(), group.atMs(), Arrays.copyOf(ids, fresh), group.batches()));
    }

    void expire(long nowMs) {
        while (!groups.isEmpty() && groups.getFirst().atMs() < nowMs - keptMs) {
            forgetFirst();
        }
        Iterator<Long> times = batches.values().iterator();
        while (times.hasNext() && times.next() < nowMs - keptMs) {
            times.remove();
        }
    }

    private void forgetFirst() {
        for (long id : groups.removeFirst().ids()) {
            remove(id);
        }
    }

    /** The number of the first group whose events are remembered. */
    long firstSeq() {
        return groups.isEmpty() ? Long.MAX_VALUE : groups.getFirst().seq();
    }

    int size() {
        return size;
    }
}
