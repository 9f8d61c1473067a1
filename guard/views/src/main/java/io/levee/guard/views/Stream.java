package io.levee.guard.views;

import io.levee.guard.store.Ledger;
import io.levee.guard.web.Routes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells pages what changed: {@code slos} at most once a second, {@code entry} for each entry of the ledger. Thread-safe.
 */
final class Stream {
    private final Board board;
    private final Ledger ledger;
    private final Map<Routes.StreamSink, Client> clients = new ConcurrentHashMap<>();

    /** What a client was told last of each objective. Told by the guard's ticking thread, and once when it comes. */
    private static final class Client {
        private Map<String, Map<String, @Nullable Object>> told = Map.of();

        synchronized void tell(Board.Snapshot snapshot, Routes.StreamSink sink) {
            List<Map<String, @Nullable Object>> list = new ArrayList<>();
            Map<String, Map<String, @Nullable Object>> now = new LinkedHashMap<>();
            boolean changed = told.size() != snapshot.entries().size();
            for (Map.Entry<String, Board.Entry> each : snapshot.entries().entrySet()) {
                Map<String, @Nullable Object> map = each.getValue().map();
                Map<String, @Nullable Object> before = told.get(each.getKey());
                boolean same = map.equals(before);
                changed |= !same;
                list.add(same ? Map.of("name", each.getKey()) : map);
                now.put(each.getKey(), map);
            }
            told = now;
            if (changed) {
                Map<String, @Nullable Object> body = new LinkedHashMap<>();
                body.put("at", snapshot.at().toString());
                body.put("slos", list);
                body.put("problems", snapshot.problems());
                sink.send("slos", body);
            }
        }
    }

    Stream(Board board, Ledger ledger) {
        this.board = board;
        this.ledger = ledger;
    }

    AutoCloseable open(Routes.StreamSink sink) {
        Client client = new Client();
        client.tell(board.now(), sink);
        clients.put(sink, client);
        AutoCloseable entries = ledger.subscribe(entry -> sink.send("entry", LedgerPage.entry(entry)));
        return () -> {
            clients.remove(sink);
            entries.close();
        };
    }

    boolean isWatched() {
        return !clients.isEmpty();
    }

    void tell(Board.Snapshot snapshot) {
        clients.forEach((sink, client) -> client.tell(snapshot, sink));
    }
}
