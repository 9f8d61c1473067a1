package io.levee.http.contract;

import io.levee.servers.Certificates;
import io.levee.servers.Haproxy;
import io.levee.servers.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import org.awaitility.Awaitility;

/** A fault that waits for its client: the server that plays it, and what stands between. */
public final class Stage implements AutoCloseable {
    /** What an HTTP/2 server does with a stream whose request has arrived. */
    public interface Http2Script {
        void serve(Http2Peer peer, int stream) throws IOException;
    }

    private final FaultServer server;
    private ClientSpec client;
    private final URI uri;
    private final List<AutoCloseable> others;
    private final Haproxy balancer;

    private Duration attemptTimeout = Duration.ofSeconds(3);
    private Duration pause = Duration.ZERO;
    private boolean freezes;
    private boolean warm;
    private boolean expectContinue;

    Stage(FaultServer server, ClientSpec client, URI uri) {
        this(server, client, uri, List.of());
    }

    Stage(FaultServer server, ClientSpec client, URI uri, List<AutoCloseable> others) {
        this.server = server;
        this.client = client;
        this.uri = uri;
        this.others = others;
        this.balancer = null;
    }

    Stage(FaultServer server, ClientSpec client, URI uri, Haproxy balancer) {
        this.server = server;
        this.client = client;
        this.uri = uri;
        this.others = new ArrayList<>(List.of(balancer));
        this.balancer = balancer;
    }

    /** Lets a request of somebody else's hold the server's only place. */
    Stage busy() throws IOException {
        Socket other = new Socket(InetAddress.getLoopbackAddress(), uri.getPort());
        others.add(other);
        other.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> requestsSeen() == 1);
        return this;
    }

    Stage pausing(Duration beforeTheRequest) {
        pause = beforeTheRequest;
        return this;
    }

    Stage freezing() {
        freezes = true;
        return this;
    }

    Stage attemptTimeout(Duration timeout) {
        attemptTimeout = timeout;
        return this;
    }

    public Duration attemptTimeout() {
        return attemptTimeout;
    }

    /** After the warm-up, before the request: what happens to the connection meanwhile. */
    public void meanwhile() throws Exception {
        if (!pause.isZero()) {
            Awaitility.await().pollDelay(pause).until(() -> true);
        }
        if (freezes) {
            balancer.freeze();
        }
    }

    Stage warm() {
        warm = true;
        return this;
    }

    Stage timeout(Duration requestTimeout) {
        client = client.requestTimeout(requestTimeout);
        return this;
    }

    Stage expectContinue() {
        expectContinue = true;
        return this;
    }

    public ClientSpec client() {
        return client;
    }

    public URI uri() {
        return uri;
    }

    public boolean isWarm() {
        return warm;
    }

    public boolean expectsContinue() {
        return expectContinue;
    }

    public int requestsSeen() {
        return server == null ? 0 : server.requests().size();
    }

    @Override
    public void close() throws Exception {
        if (server != null) {
            server.close();
        }
        for (AutoCloseable other : others) {
            other.close();
        }
    }

    static SSLContext localhost() {
        return Certificates.selfSigned("ip:127.0.0.1").context();
    }

    static SSLContext elsewhere() {
        return Certificates.selfSigned("dns:elsewhere.invalid").context();
    }

    static SSLContext expired() {
        return Certificates.expired("ip:127.0.0.1").context();
    }

    static Stage behindHaproxy(FaultServer server, String settings, String serverSettings) throws IOException {
        int port = server == null ? Program.freePort() : server.uri().getPort();
        Haproxy balancer = Haproxy.start("http", port, settings, serverSettings);
        return new Stage(server, ClientSpec.HTTP_1, URI.create("http://127.0.0.1:" + balancer.port() + "/"), balancer);
    }

    static Stage plain(FaultServer.Script script) throws IOException {
        FaultServer server = new FaultServer(script);
        return new Stage(server, ClientSpec.HTTP_1, server.uri());
    }

    static Stage answering(int status, String headers) throws IOException {
        FaultServer server = FaultServer.answering(request -> FaultServer.response(status, headers, "no"));
        return new Stage(server, ClientSpec.HTTP_1, server.uri());
    }

    static Stage tlsOverPlain(FaultServer.Script script) throws IOException {
        FaultServer server =
                new FaultServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "https", script);
        return new Stage(server, ClientSpec.HTTP_1.trusting(localhost()), server.uri());
    }

    static Stage tls(ClientSpec client, SSLContext context, FaultServer.Script script) throws IOException {
        ServerSocket listener =
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        FaultServer server = new FaultServer(listener, "https", script);
        return new Stage(server, client, server.uri());
    }

    public static Stage http2(Http2Script script) throws IOException {
        SSLContext context = localhost();
        SSLServerSocket listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SSLParameters parameters = listener.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        listener.setSSLParameters(parameters);
        FaultServer server = new FaultServer(listener, "https", connection -> {
            Http2Peer peer = new Http2Peer(connection.in, connection.out);
            for (int stream = peer.nextRequest(); stream > 0; stream = peer.nextRequest()) {
                connection.record("stream " + stream, "".getBytes(StandardCharsets.UTF_8));
                script.serve(peer, stream);
            }
        });
        return new Stage(server, ClientSpec.HTTP_2.trusting(context), server.uri());
    }
}
