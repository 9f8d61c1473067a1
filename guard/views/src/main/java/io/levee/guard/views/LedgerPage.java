package io.levee.guard.views;

import io.levee.guard.store.Ledger;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Request;
import io.levee.guard.web.WebException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The record, newest entries first, a page at a time. */
final class LedgerPage {
    private static final int MOST = 1_000;
    private static final int USUAL = 100;

    private LedgerPage() {}

    static Answer read(Request request, Ledger ledger) {
        List<String> kinds = request.queries("kind");
        Ledger.Query query = new Ledger.Query(
                kinds, request.query("slo"), -1, before(request), Times.number(request, "most", USUAL, 1, MOST));
        return Answer.json(Map.of(
                "entries", ledger.read(query).stream().map(LedgerPage::entry).toList()));
    }

    private static long before(Request request) {
        String text = request.query("before");
        if (text == null || text.isBlank()) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new WebException(400, "before is '" + text + "'; write the seq of an entry, to get those before it");
        }
    }

    /** As a reader sees it: without the hashes of tokens, which nobody needs who only reads. */
    static Map<String, @Nullable Object> entry(Ledger.Entry entry) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>(entry.data());
        if (entry.kind().startsWith("token.")) {
            data.remove("hash");
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("seq", entry.seq());
        map.put("at", entry.at().toString());
        map.put("kind", entry.kind());
        map.put("slo", entry.slo());
        map.put("actor", entry.actor());
        map.put("data", data);
        return map;
    }
}
