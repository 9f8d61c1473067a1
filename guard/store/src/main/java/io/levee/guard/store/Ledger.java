package io.levee.guard.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The record: decisions, approvals, reports, actions, votes, tokens. Entries are appended and never changed or removed; what
 * holds now is what the entries say together. Thread-safe.
 */
public interface Ledger {
    /**
     * Appends an entry. Durable when it returns.
     *
     * @param kind what it is, such as {@code gate.decision}
     * @param slo the objective that it is about; null for none
     * @param actor who did it: a token's name, or {@code guard}
     * @param data what there is to say: strings, numbers, booleans, nulls, lists and maps of such
     * @return the entry
     * @throws StoreException if it cannot be written
     */
    Entry append(String kind, @Nullable String slo, String actor, Map<String, @Nullable Object> data);

    /**
     * Reads entries.
     *
     * @param query which ones
     * @return the entries, newest first
     */
    List<Entry> read(Query query);

    /**
     * Tells of each entry from now on, whichever guard on this database appended it, once, in order, on a thread of the store's.
     *
     * @param listener must not block for long
     * @return closes the subscription
     */
    AutoCloseable subscribe(Consumer<Entry> listener);

    /**
     * An entry. Immutable.
     *
     * @param seq its number; later entries have higher ones
     * @param at when
     * @param kind what it is
     * @param slo the objective that it is about; null for none
     * @param actor who did it
     * @param data what there is to say
     */
    record Entry(
            long seq,
            Instant at,
            String kind,
            @Nullable String slo,
            String actor,
            Map<String, @Nullable Object> data) {}

    /**
     * Which entries. Immutable.
     *
     * @param kinds of these kinds; a kind that ends in a dot stands for all that begin so; empty for all
     * @param slo about this objective; null for all
     * @param afterSeq with a higher number than this one
     * @param beforeSeq with a lower number than this one
     * @param most how many, at most
     */
    record Query(List<String> kinds, @Nullable String slo, long afterSeq, long beforeSeq, int most) {
        /** Copies the list. */
        public Query {
            kinds = List.copyOf(kinds);
        }

        /**
         * All entries of some kinds.
         *
         * @param kinds the kinds
         * @return the query
         */
        public static Query of(String... kinds) {
            return new Query(List.of(kinds), null, -1, Long.MAX_VALUE, Integer.MAX_VALUE);
        }

        /**
         * Only those about an objective.
         *
         * @param name the objective's name; null for all
         * @return a new query
         */
        public Query about(@Nullable String name) {
            return new Query(kinds, name, afterSeq, beforeSeq, most);
        }

        /**
         * At most so many.
         *
         * @param count how many
         * @return a new query
         */
        public Query most(int count) {
            return new Query(kinds, slo, afterSeq, beforeSeq, count);
        }

        /**
         * Only later ones.
         *
         * @param seq than this one
         * @return a new query
         */
        public Query after(long seq) {
            return new Query(kinds, slo, seq, beforeSeq, most);
        }

        /**
         * Only earlier ones.
         *
         * @param seq than this one
         * @return a new query
         */
        public Query before(long seq) {
            return new Query(kinds, slo, afterSeq, seq, most);
        }
    }
}
