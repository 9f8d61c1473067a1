package io.levee.http.contract;

import static io.levee.http.contract.Stage.answering;
import static io.levee.http.contract.Stage.behindHaproxy;
import static io.levee.http.contract.Stage.elsewhere;
import static io.levee.http.contract.Stage.expired;
import static io.levee.http.contract.Stage.http2;
import static io.levee.http.contract.Stage.localhost;
import static io.levee.http.contract.Stage.plain;
import static io.levee.http.contract.Stage.tls;
import static io.levee.http.contract.Stage.tlsOverPlain;

import io.levee.servers.Program;
import io.levee.servers.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What can go wrong between a client and a server, each made with real sockets. */
public enum Fault {
    CONNECTION_REFUSED("connection refused") {
        @Override
        public Stage open() throws IOException {
            URI nobody = URI.create("http://127.0.0.1:" + Program.freePort() + "/");
            return new Stage(null, ClientSpec.HTTP_1, nobody);
        }
    },
    CONNECT_TIMEOUT("connect timeout (SYN dropped)", false) {
        @Override
        public Stage open() throws IOException {
            ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            List<AutoCloseable> fillers = new ArrayList<>(List.of(full));
            InetSocketAddress address = (InetSocketAddress) full.getLocalSocketAddress();
            // Nobody accepts: once the backlog is full, Linux drops further SYNs.
            for (int i = 0; i < 4; i++) {
                Socket filler = new Socket();
                fillers.add(filler);
                try {
                    filler.connect(address, 100);
                } catch (IOException fullNow) {
                    break;
                }
            }
            return new Stage(
                    null,
                    ClientSpec.HTTP_1.connectTimeout(Duration.ofMillis(150)),
                    URI.create("http://127.0.0.1:" + address.getPort() + "/"),
                    fillers);
        }
    },
    UNKNOWN_HOST("host name does not resolve", false) {
        @Override
        public Stage open() {
            return new Stage(null, ClientSpec.HTTP_1, URI.create("http://no-such-host.invalid/"));
        }
    },
    CLOSED_ON_ACCEPT("accepted, closed at once", false) {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {});
        }
    },
    RESET_ON_ACCEPT("accepted, reset at once", false) {
        @Override
        public Stage open() throws IOException {
            return plain(FaultServer.Connection::reset);
        }
    },
    CLOSED_AFTER_REQUEST("closed after the request, fresh connection") {
        @Override
        public Stage open() throws IOException {
            return plain(FaultServer.Connection::read);
        }
    },
    RESET_AFTER_REQUEST("reset after the request, fresh connection") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                connection.read();
                connection.reset();
            });
        }
    },
    RESET_IN_REQUEST_BODY("reset after the request's head", false) {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                connection.readHeadOnly();
                connection.reset();
            });
        }
    },
    STALE_CLOSED("closed after the request, pooled connection") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                        if (connection.read() != null) {
                            connection.write(FaultServer.response(200, "", "warm"));
                            connection.read();
                        }
                    })
                    .warm();
        }
    },
    STALE_RESET("reset after the request, pooled connection") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                        if (connection.read() != null) {
                            connection.write(FaultServer.response(200, "", "warm"));
                            connection.read();
                            connection.reset();
                        }
                    })
                    .warm();
        }
    },
    HALF_HEAD("half the response's head, then closed") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                connection.read();
                connection.write("HTTP/1.1 200 OK\r\nContent-Le");
            });
        }
    },
    HALF_BODY("half the response's body, then closed") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                connection.read();
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            });
        }
    },
    RESET_IN_BODY("half the response's body, then reset") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                connection.read();
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                Sockets.awaitRead(connection.socket);
                connection.reset();
            });
        }
    },
    HALF_CHUNK("half a chunk of the response, then reset", false) {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                connection.read();
                connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nhalf");
                connection.reset();
            });
        }
    },
    NOT_HTTP("the answer is not HTTP") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                connection.read();
                connection.write("hello\r\n\r\n");
            });
        }
    },
    SILENT("no answer, request timeout") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                        connection.read();
                        connection.hang();
                    })
                    .timeout(Duration.ofSeconds(1));
        }
    },
    HALF_OPEN("pooled connection whose peer has gone in silence, request timeout") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                        if (connection.read() != null) {
                            connection.write(FaultServer.response(200, "", "warm"));
                            connection.read();
                            connection.hang();
                        }
                    })
                    .timeout(Duration.ofSeconds(1))
                    .warm();
        }
    },
    DRIPPING_HEAD("the response's head drips in for 5 s, attempt timeout 2 s") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                        connection.read();
                        connection.write("HTTP/1.1 200 OK\r\nX-Drip: ");
                        connection.drip();
                        connection.write("\r\nContent-Length: 2\r\n\r\nok");
                    })
                    .attemptTimeout(Duration.ofSeconds(2));
        }
    },
    DRIPPING_BODY("the response's body drips in for 5 s, attempt timeout 2 s") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                        connection.read();
                        connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + FaultServer.DROPS + "\r\n\r\n");
                        connection.drip();
                    })
                    .attemptTimeout(Duration.ofSeconds(2));
        }
    },
    NO_CONTINUE("closed instead of 100 Continue") {
        @Override
        public Stage open() throws IOException {
            return plain(FaultServer.Connection::readHeadOnly).expectContinue();
        }
    },
    EXPECTATION_FAILED("417 instead of 100 Continue") {
        @Override
        public Stage open() throws IOException {
            return plain(connection -> {
                        connection.readHeadOnly();
                        connection.write("HTTP/1.1 417 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    })
                    .expectContinue();
        }
    },
    STATUS_400("400") {
        @Override
        public Stage open() throws IOException {
            return answering(400, "");
        }
    },
    STATUS_408("408") {
        @Override
        public Stage open() throws IOException {
            return answering(408, "Connection: close\r\n");
        }
    },
    STATUS_409("409") {
        @Override
        public Stage open() throws IOException {
            return answering(409, "");
        }
    },
    STATUS_421("421") {
        @Override
        public Stage open() throws IOException {
            return answering(421, "");
        }
    },
    STATUS_429("429 with Retry-After: 0") {
        @Override
        public Stage open() throws IOException {
            return answering(429, "Retry-After: 0\r\n");
        }
    },
    STATUS_500("500") {
        @Override
        public Stage open() throws IOException {
            return answering(500, "");
        }
    },
    STATUS_503("503 with Retry-After: 0") {
        @Override
        public Stage open() throws IOException {
            return answering(503, "Retry-After: 0\r\n");
        }
    },
    TLS_CLOSED_IN_HANDSHAKE("TLS: closed in the handshake") {
        @Override
        public Stage open() throws IOException {
            return tlsOverPlain(connection -> connection.in.readNBytes(16));
        }
    },
    TLS_RESET_IN_HANDSHAKE("TLS: reset in the handshake", false) {
        @Override
        public Stage open() throws IOException {
            return tlsOverPlain(connection -> {
                connection.in.readNBytes(16);
                connection.reset();
            });
        }
    },
    TLS_NOT_TLS("TLS: the server speaks plain HTTP") {
        @Override
        public Stage open() throws IOException {
            return tlsOverPlain(connection -> {
                connection.in.readNBytes(16);
                connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            });
        }
    },
    TLS_UNTRUSTED("TLS: certificate not trusted") {
        @Override
        public Stage open() throws IOException {
            return tls(ClientSpec.HTTP_1, localhost(), FaultServer.Connection::read);
        }
    },
    TLS_EXPIRED("TLS: certificate expired") {
        @Override
        public Stage open() throws IOException {
            return tls(ClientSpec.HTTP_1.trusting(expired()), expired(), FaultServer.Connection::read);
        }
    },
    TLS_WRONG_HOST("TLS: certificate of another host") {
        @Override
        public Stage open() throws IOException {
            return tls(ClientSpec.HTTP_1.trusting(elsewhere()), elsewhere(), FaultServer.Connection::read);
        }
    },
    TLS_CLOSED_AFTER_REQUEST("TLS: closed after the request") {
        @Override
        public Stage open() throws IOException {
            return tls(ClientSpec.HTTP_1.trusting(localhost()), localhost(), FaultServer.Connection::read);
        }
    },
    H2_REFUSED_STREAM("HTTP/2: REFUSED_STREAM") {
        @Override
        public Stage open() throws IOException {
            return http2((peer, stream) -> peer.refuse(stream));
        }
    },
    H2_GOAWAY("HTTP/2: GOAWAY that excludes the stream") {
        @Override
        public Stage open() throws IOException {
            return http2((peer, stream) -> peer.goAway(0));
        }
    },
    H2_CLOSED("HTTP/2: closed after the request", false) {
        @Override
        public Stage open() throws IOException {
            return http2((peer, stream) -> {
                throw new IOException("the end of this connection");
            });
        }
    },
    HAPROXY_SERVER_DOWN("the server is down") {
        @Override
        public Stage open() throws IOException {
            return behindHaproxy(null, "", "");
        }
    },
    HAPROXY_QUEUE("no place at the server within the queue's time") {
        @Override
        public Stage open() throws IOException {
            return behindHaproxy(new FaultServer(busyWithTheFirst()), "timeout queue 200ms", "maxconn 1")
                    .busy();
        }
    },
    HAPROXY_SERVER_DIES("the server resets in mid-request") {
        @Override
        public Stage open() throws IOException {
            return behindHaproxy(
                    new FaultServer(connection -> {
                        connection.read();
                        connection.reset();
                    }),
                    "",
                    "");
        }
    },
    HAPROXY_SERVER_SILENT("the server does not answer in the balancer's time") {
        @Override
        public Stage open() throws IOException {
            return behindHaproxy(
                    new FaultServer(connection -> {
                        connection.read();
                        connection.hang();
                    }),
                    "timeout server 300ms",
                    "");
        }
    },
    HAPROXY_IDLE("the balancer has closed the idle connection") {
        @Override
        public Stage open() throws IOException {
            return behindHaproxy(healthy(), "timeout http-keep-alive 200ms", "")
                    .warm()
                    .pausing(Duration.ofMillis(600));
        }
    },
    HAPROXY_SILENT("the balancer drops all connections in silence, request timeout") {
        @Override
        public Stage open() throws IOException {
            return behindHaproxy(healthy(), "", "")
                    .timeout(Duration.ofSeconds(1))
                    .warm()
                    .freezing();
        }
    };

    private final String title;
    private final boolean steady;

    Fault(String title) {
        this(title, true);
    }

    Fault(String title, boolean steady) {
        this.title = title;
        this.steady = steady;
    }

    public String title() {
        return title;
    }

    /** Whether the wrapped client throws the same each time, on any machine: no race of bytes and reset, no resolver. */
    public boolean isSteady() {
        return steady;
    }

    /** Whether a load balancer stands between, so that the fault needs HAProxy. */
    public boolean isBehindHaproxy() {
        return name().startsWith("HAPROXY_");
    }

    public abstract Stage open() throws IOException;

    private static FaultServer healthy() throws IOException {
        return FaultServer.answering(request -> FaultServer.response(200, "", "ok"));
    }

    /** Serves nobody after the first request, which it does not answer. */
    private static FaultServer.Script busyWithTheFirst() {
        return connection -> {
            connection.read();
            connection.hang();
        };
    }
}
