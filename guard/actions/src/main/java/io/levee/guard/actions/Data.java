package io.levee.guard.actions;

import io.levee.guard.store.Ledger;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What an entry of the ledger says. Entries of other releases may say less. */
final class Data {
    private Data() {}

    /** Empty if it does not say. */
    static String text(Ledger.Entry entry, String key) {
        Object value = entry.data().get(key);
        return value instanceof String text ? text : "";
    }

    static @Nullable Instant instant(Ledger.Entry entry, String key) {
        try {
            return Instant.parse(text(entry, key));
        } catch (DateTimeException none) {
            return null;
        }
    }

    static int number(Ledger.Entry entry, String key) {
        return entry.data().get(key) instanceof Number number ? number.intValue() : 0;
    }
}
