package io.levee.http.contract;

import io.levee.http.contract.TestClient.Request;
import io.levee.servers.Pauses;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Many users of one client side by side, with pauses: GETs, POSTs with a key and POSTs without one. */
final class Lanes {
    /** The header that tells requests apart. */
    static final String ID = "X-Id";

    private enum Kind {
        GET,
        KEYED_POST,
        POST
    }

    private final TestClient client;
    private final URI uri;
    private final Pauses pauses;
    private final Map<Kind, AtomicInteger> sent = new ConcurrentHashMap<>();
    private final Map<Kind, ConcurrentLinkedQueue<Throwable>> failed = new ConcurrentHashMap<>();

    Lanes(TestClient client, URI uri, Pauses pauses) {
        this.client = client;
        this.uri = uri;
        this.pauses = pauses;
        for (Kind kind : Kind.values()) {
            sent.put(kind, new AtomicInteger());
            failed.put(kind, new ConcurrentLinkedQueue<>());
        }
    }

    /** What came of it. */
    record Result(int gets, int keyedPosts, int posts, List<String> failuresOfRepeatable, int failedPosts) {
        @Override
        public String toString() {
            return gets + " GETs and " + keyedPosts + " keyed POSTs, " + failuresOfRepeatable.size() + " failed; "
                    + posts + " POSTs without a key, " + failedPosts + " failed";
        }
    }

    Result run() throws Exception {
        pauses.run(this::send);
        List<String> repeatable = new java.util.ArrayList<>();
        failed.get(Kind.GET).forEach(one -> repeatable.add("GET: " + one));
        failed.get(Kind.KEYED_POST).forEach(one -> repeatable.add("keyed POST: " + one));
        return new Result(
                sent.get(Kind.GET).get(),
                sent.get(Kind.KEYED_POST).get(),
                sent.get(Kind.POST).get(),
                repeatable,
                failed.get(Kind.POST).size());
    }

    private CompletableFuture<?> send(int lane, int pause) {
        Kind kind = Kind.values()[(lane + pause) % Kind.values().length];
        String id = UUID.randomUUID().toString();
        Request request = (kind == Kind.GET ? Request.get(uri) : Request.post(uri)).header(ID, id);
        if (kind == Kind.KEYED_POST) {
            request = request.header("Idempotency-Key", '"' + id + '"');
        }
        sent.get(kind).incrementAndGet();
        return client.start(request).reply().handle((reply, failure) -> {
            if (failure != null) {
                failed.get(kind).add(failure);
            } else if (reply.status() != 200) {
                failed.get(kind).add(new IllegalStateException("status " + reply.status()));
            }
            return null;
        });
    }
}
