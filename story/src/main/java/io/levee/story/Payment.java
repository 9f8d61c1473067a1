package io.levee.story;

import io.levee.server.ScopeHandler;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/** The process that charges customers. */
final class Payment implements Role {
    private final Tracing tracing;
    private final HttpService server;
    private final LongAdder charged = new LongAdder();

    Payment(Options options) throws IOException {
        tracing = options.tracing();
        server = new HttpService("/charges", tracing, ScopeHandler::wrap, body -> {
            charged.increment();
            return new HttpService.Reply(201, body);
        });
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public String counts() {
        return Long.toString(charged.sum());
    }

    @Override
    public void close() {
        server.close();
        tracing.close();
    }
}
