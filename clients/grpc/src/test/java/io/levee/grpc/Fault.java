package io.levee.grpc;

import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.levee.servers.Certificates;
import io.levee.servers.Haproxy;
import io.levee.servers.Program;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;

/** What can go wrong between a gRPC client and a server, each made with a real server or real sockets. */
enum Fault {
    CONNECTION_REFUSED("connection refused") {
        @Override
        Stage open() throws IOException {
            return new Stage(Program.freePort(), () -> 0, () -> {});
        }
    },
    TLS_CUT("hung up in the TLS handshake") {
        @Override
        Stage open() throws IOException {
            RawPeer peer = RawPeer.hangingUp();
            return new Stage(peer.port(), peer::requests, peer::close).overTls();
        }
    },
    CERTIFICATE("certificate not trusted") {
        @Override
        Stage open() throws Exception {
            return secret(Certificates.selfSigned("ip:127.0.0.1"), null);
        }
    },
    EXPIRED("certificate expired") {
        @Override
        Stage open() throws Exception {
            Certificates expired = Certificates.expired("ip:127.0.0.1");
            return secret(expired, expired);
        }
    },
    WRONG_HOST("certificate of another host") {
        @Override
        Stage open() throws Exception {
            Certificates elsewhere = Certificates.selfSigned("dns:elsewhere.invalid");
            return secret(elsewhere, elsewhere);
        }
    },
    UNAVAILABLE("UNAVAILABLE") {
        @Override
        Stage open() throws IOException {
            return serving(TextServer.failing(Status.UNAVAILABLE));
        }
    },
    ABORTED("ABORTED") {
        @Override
        Stage open() throws IOException {
            return serving(TextServer.failing(Status.ABORTED));
        }
    },
    PERMISSION_DENIED("PERMISSION_DENIED") {
        @Override
        Stage open() throws IOException {
            return serving(TextServer.failing(Status.PERMISSION_DENIED));
        }
    },
    RESOURCE_EXHAUSTED("RESOURCE_EXHAUSTED") {
        @Override
        Stage open() throws IOException {
            return serving(TextServer.failing(Status.RESOURCE_EXHAUSTED));
        }
    },
    RESOURCE_EXHAUSTED_PUSHBACK("RESOURCE_EXHAUSTED, pushback 1") {
        @Override
        Stage open() throws IOException {
            return serving(request -> request.fail(Status.RESOURCE_EXHAUSTED, "1"));
        }
    },
    PUSHBACK_ZERO("UNAVAILABLE, pushback 0") {
        @Override
        Stage open() throws IOException {
            return serving(request -> request.fail(Status.UNAVAILABLE, "0"));
        }
    },
    PUSHBACK("UNAVAILABLE, pushback 10") {
        @Override
        Stage open() throws IOException {
            return serving(request -> request.fail(Status.UNAVAILABLE, "10"));
        }
    },
    PUSHBACK_NEGATIVE("UNAVAILABLE, pushback -1") {
        @Override
        Stage open() throws IOException {
            return serving(request -> request.fail(Status.UNAVAILABLE, "-1"));
        }
    },
    PUSHBACK_GARBAGE("UNAVAILABLE, pushback 'soon'") {
        @Override
        Stage open() throws IOException {
            return serving(request -> request.fail(Status.UNAVAILABLE, "soon"));
        }
    },
    HEADERS_THEN_UNAVAILABLE("headers, then UNAVAILABLE") {
        @Override
        Stage open() throws IOException {
            return serving(request -> {
                request.head();
                request.fail(Status.UNAVAILABLE);
            });
        }
    },
    HALF_A_STREAM("a message, then UNAVAILABLE") {
        @Override
        Stage open() throws IOException {
            return serving(request -> {
                request.head();
                request.send("half");
                request.fail(Status.UNAVAILABLE);
            });
        }
    },
    HEADERS_THEN_SILENCE("headers, then silence; attempt timeout 0.3 s, deadline 2 s") {
        @Override
        Stage open() throws IOException {
            return serving(TextServer.early(TextServer.Request::head))
                    .attemptTimeoutMillis(300)
                    .options(options -> options.withDeadlineAfter(2, TimeUnit.SECONDS));
        }
    },
    KILLED("server killed in mid-call") {
        @Override
        Stage open() throws IOException {
            AtomicReference<TextServer> self = new AtomicReference<>();
            TextServer server = new TextServer(request -> self.get().kill());
            self.set(server);
            return new Stage(server.port(), () -> server.seen().size(), server::close);
        }
    },
    ATTEMPT_DEADLINE("no answer, attempt timeout") {
        @Override
        Stage open() throws IOException {
            return serving(TextServer.silent()).attemptTimeoutMillis(150);
        }
    },
    CALL_DEADLINE("no answer, call's deadline") {
        @Override
        Stage open() throws IOException {
            return serving(TextServer.silent())
                    .options(options -> options.withDeadlineAfter(150, TimeUnit.MILLISECONDS));
        }
    },
    REFUSED_STREAM("HTTP/2: REFUSED_STREAM") {
        @Override
        Stage open() throws IOException {
            return raw((connection, stream) -> connection.rst(stream, RawPeer.REFUSED_STREAM));
        }
    },
    GOAWAY("HTTP/2: GOAWAY that leaves the stream out") {
        @Override
        Stage open() throws IOException {
            return raw((connection, stream) -> connection.goAway(0));
        }
    },
    GOAWAY_CLOSED("HTTP/2: GOAWAY that includes the stream, then closed") {
        @Override
        Stage open() throws IOException {
            return raw((connection, stream) -> {
                connection.goAway(stream);
                connection.hangUp();
            });
        }
    },
    RST_INTERNAL("HTTP/2: RST_STREAM, INTERNAL_ERROR") {
        @Override
        Stage open() throws IOException {
            return raw((connection, stream) -> connection.rst(stream, RawPeer.INTERNAL_ERROR));
        }
    },
    HTTP_503("HTTP status 503 from a proxy") {
        @Override
        Stage open() throws IOException {
            return raw((connection, stream) -> connection.status(stream, "503"));
        }
    },
    CLOSED("connection closed after the request's head") {
        @Override
        Stage open() throws IOException {
            return raw((connection, stream) -> connection.hangUp());
        }
    },
    RESET("connection reset after the request's head") {
        @Override
        Stage open() throws IOException {
            return raw((connection, stream) -> connection.reset());
        }
    },
    HALF_A_MESSAGE("half a message, then the connection reset") {
        @Override
        Stage open() throws IOException {
            return raw(RawPeer.Connection::halfAMessageThenReset);
        }
    },
    TOO_LONG("UNAVAILABLE, messages over the replay bound") {
        @Override
        Stage open() throws IOException {
            String message = "x".repeat(700 << 10);
            return serving(TextServer.failing(Status.UNAVAILABLE)).messages(message, message);
        }
    },
    HAPROXY_SERVER_DOWN("the server is down") {
        @Override
        Stage open() throws Exception {
            return CONNECTION_REFUSED.open().behindHaproxy("");
        }
    },
    HAPROXY_SERVER_DIES("the server is killed in mid-call") {
        @Override
        Stage open() throws Exception {
            return KILLED.open().behindHaproxy("");
        }
    },
    HAPROXY_SERVER_SILENT("the server does not answer in the balancer's time") {
        @Override
        Stage open() throws Exception {
            return serving(TextServer.silent()).behindHaproxy("timeout server 300ms");
        }
    },
    HAPROXY_SILENT("the balancer forwards nothing any more, attempt timeout") {
        @Override
        Stage open() throws Exception {
            Stage stage = serving(TextServer.ok("hello")).behindHaproxy("").attemptTimeoutMillis(150);
            stage.freeze();
            return stage;
        }
    };

    private final String title;

    Fault(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    abstract Stage open() throws Exception;

    boolean isBehindHaproxy() {
        return name().startsWith("HAPROXY_");
    }

    private static Stage serving(TextServer.Answer answer) throws IOException {
        TextServer server = new TextServer(answer);
        return new Stage(server.port(), () -> server.seen().size(), server::close);
    }

    private static Stage raw(RawPeer.Answer answer) throws IOException {
        RawPeer peer = RawPeer.answering(answer);
        return new Stage(peer.port(), peer::requests, peer::close);
    }

    /** A server that no client should talk to. */
    private static Stage secret(Certificates shown, Certificates trusted) throws Exception {
        TextServer server = new TextServer(
                GrpcSslContexts.configure(SslContextBuilder.forServer(shown.keys()))
                        .build(),
                TextServer.ok("secret"));
        return new Stage(server.port(), () -> server.seen().size(), server::close)
                .overTls()
                .trusting(trusted);
    }

    /** A server with the fault, and how a client comes to meet it. */
    static final class Stage implements AutoCloseable {
        private final int port;
        private final IntSupplier requests;
        private final AutoCloseable closing;
        private boolean tls;
        private Certificates trusted;
        private Haproxy balancer;
        private long attemptTimeoutMillis = 10_000;
        private UnaryOperator<CallOptions> options = UnaryOperator.identity();
        private List<String> messages = List.of("hello");

        Stage(int port, IntSupplier requests, AutoCloseable closing) {
            this.port = port;
            this.requests = requests;
            this.closing = closing;
        }

        /** The same with a load balancer between, which speaks HTTP/2 with both. */
        Stage behindHaproxy(String settings) throws IOException {
            Haproxy balancer = Haproxy.start("http", port, settings, "proto h2");
            Stage stage = new Stage(balancer.port(), requests, () -> {
                balancer.close();
                closing.close();
            });
            stage.balancer = balancer;
            return stage;
        }

        private void freeze() throws IOException, InterruptedException {
            balancer.freeze();
        }

        Stage overTls() {
            tls = true;
            return this;
        }

        Stage trusting(Certificates certificates) {
            trusted = certificates;
            return this;
        }

        private NettyChannelBuilder secured(NettyChannelBuilder builder) {
            builder.useTransportSecurity();
            try {
                return trusted == null
                        ? builder
                        : builder.sslContext(GrpcSslContexts.forClient()
                                .trustManager(trusted.trust())
                                .build());
            } catch (SSLException e) {
                throw new IllegalStateException(e);
            }
        }

        Stage attemptTimeoutMillis(long millis) {
            attemptTimeoutMillis = millis;
            return this;
        }

        Stage options(UnaryOperator<CallOptions> change) {
            options = change;
            return this;
        }

        Stage messages(String... texts) {
            messages = List.of(texts);
            return this;
        }

        Client client(UnaryOperator<NettyChannelBuilder> settings) {
            return new Client(port, builder -> settings.apply(tls ? secured(builder) : builder));
        }

        long attemptTimeoutMillis() {
            return attemptTimeoutMillis;
        }

        boolean hasAttemptTimeout() {
            return attemptTimeoutMillis < 10_000;
        }

        CallOptions options() {
            return options.apply(CallOptions.DEFAULT);
        }

        String[] messages(boolean one) {
            return (one ? messages.subList(0, 1) : messages).toArray(String[]::new);
        }

        int requestsSeen() {
            return requests.getAsInt();
        }

        @Override
        public void close() throws Exception {
            closing.close();
        }
    }
}
