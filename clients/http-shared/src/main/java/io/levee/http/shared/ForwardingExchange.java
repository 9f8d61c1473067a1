package io.levee.http.shared;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** An exchange of the JDK's HTTP server in front of the server's own. As thread-safe as that one. */
public class ForwardingExchange extends HttpExchange {
    private final HttpExchange real;

    /**
     * An exchange.
     *
     * @param real the server's
     */
    public ForwardingExchange(HttpExchange real) {
        this.real = real;
    }

    /**
     * The server's own.
     *
     * @return what this one stands in front of
     */
    protected final HttpExchange real() {
        return real;
    }

    @Override
    public void sendResponseHeaders(int code, long responseLength) throws IOException {
        real.sendResponseHeaders(code, responseLength);
    }

    @Override
    public void close() {
        real.close();
    }

    @Override
    public InputStream getRequestBody() {
        return real.getRequestBody();
    }

    @Override
    public OutputStream getResponseBody() {
        return real.getResponseBody();
    }

    @Override
    public void setStreams(@Nullable InputStream i, @Nullable OutputStream o) {
        real.setStreams(i, o);
    }

    @Override
    public int getResponseCode() {
        return real.getResponseCode();
    }

    @Override
    public Headers getRequestHeaders() {
        return real.getRequestHeaders();
    }

    @Override
    public Headers getResponseHeaders() {
        return real.getResponseHeaders();
    }

    @Override
    public URI getRequestURI() {
        return real.getRequestURI();
    }

    @Override
    public String getRequestMethod() {
        return real.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
        return real.getHttpContext();
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return real.getRemoteAddress();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return real.getLocalAddress();
    }

    @Override
    public String getProtocol() {
        return real.getProtocol();
    }

    @Override
    public Object getAttribute(String name) {
        return real.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        real.setAttribute(name, value);
    }

    @Override
    public HttpPrincipal getPrincipal() {
        return real.getPrincipal();
    }
}
