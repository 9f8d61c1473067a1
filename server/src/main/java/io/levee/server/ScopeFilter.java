package io.levee.server;

import io.levee.Scope;
import io.levee.http.shared.HopHeaders;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A servlet filter (Jakarta Servlet 6): what is behind it runs in a {@link Scope} with its caller's deadline and attempt number,
 * and answers that its caller shall not retry where it has done so in vain itself. A request whose time is up is answered 504.
 *
 * <p>The scope holds on the thread that runs the servlet, after an asynchronous dispatch as well; a thread of the
 * application's own takes it from {@link #scope} ({@code scope.wrap(task)}). It is cancelled when the container tells of an error
 * (the client of an HTTP/2 stream has gone) or a timeout of an asynchronous request, and when the servlet throws.
 * Thread-safe.
 */
public final class ScopeFilter implements Filter {
    private static final String SCOPE = ScopeFilter.class.getName() + ".scope";

    private final ServerScopes scopes;

    /** A filter with {@link ServerScopes#standard}. */
    public ScopeFilter() {
        this(ServerScopes.standard());
    }

    /**
     * A filter.
     *
     * @param scopes makes the scopes
     */
    public ScopeFilter(ServerScopes scopes) {
        this.scopes = Objects.requireNonNull(scopes, "scopes");
    }

    /**
     * Registers this filter for the dispatchers REQUEST and ASYNC, with support for asynchronous servlets, in front of the
     * filters that are there.
     *
     * @param context where to
     * @param urlPatterns as for {@link FilterRegistration#addMappingForUrlPatterns}
     * @throws IllegalStateException if a filter of that name is there
     */
    public void addTo(ServletContext context, String... urlPatterns) {
        FilterRegistration.Dynamic registration = context.addFilter("levee-scope", this);
        if (registration == null) {
            throw new IllegalStateException("a filter named levee-scope is registered already");
        }
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(
                EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, urlPatterns);
    }

    /**
     * The scope of a request.
     *
     * @param request as the servlet got it
     * @return null if it did not come through this filter
     */
    public static @Nullable Scope scope(ServletRequest request) {
        return request.getAttribute(SCOPE) instanceof Scope scope ? scope : null;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            chain.doFilter(request, response);
            return;
        }
        Scope known = scope(request);
        if (known != null) {
            run(known, chain, request, response);
            return;
        }
        Scope scope = scopes.scope(name -> Collections.list(http.getHeaders(name)));
        if (scope.remainingNanos() == 0) {
            answer.setStatus(Late.STATUS);
            answer.setContentType(Late.CONTENT_TYPE);
            answer.getOutputStream().write(Late.body());
            return;
        }
        request.setAttribute(SCOPE, scope);
        ScopedResponse scoped = new ScopedResponse(answer, scope);
        run(scope, chain, new ScopedRequest(http, scoped, scope), scoped);
    }

    private static void run(Scope scope, FilterChain chain, ServletRequest request, ServletResponse response)
            throws IOException, ServletException {
        try (Scope.Attachment here = scope.attach()) {
            chain.doFilter(request, response);
        } catch (IOException | ServletException | RuntimeException | Error failed) {
            scope.cancel();
            throw failed;
        }
    }

    /** Asynchronous processing goes on with the response that says the last word on retries. */
    private static final class ScopedRequest extends HttpServletRequestWrapper {
        private final ScopedResponse response;
        private final Scope scope;

        ScopedRequest(HttpServletRequest real, ScopedResponse response, Scope scope) {
            super(real);
            this.response = response;
            this.scope = scope;
        }

        @Override
        public AsyncContext startAsync() {
            return listening(getRequest().startAsync(this, response));
        }

        @Override
        public AsyncContext startAsync(ServletRequest in, ServletResponse out) {
            return listening(getRequest().startAsync(in, out));
        }

        private AsyncContext listening(AsyncContext context) {
            context.addListener(new Canceller(scope));
            return context;
        }
    }

    /** Says that no retry shall follow, as soon as a status is set that a caller would retry. */
    private static final class ScopedResponse extends HttpServletResponseWrapper {
        private final Scope scope;

        ScopedResponse(HttpServletResponse real, Scope scope) {
            super(real);
            this.scope = scope;
        }

        private void tell(int status) {
            if (ServerScopes.forbidsRetry(scope, status)) {
                setHeader(HopHeaders.SHOULD_RETRY, HopHeaders.NO_RETRY);
            }
        }

        @Override
        public void setStatus(int status) {
            super.setStatus(status);
            tell(status);
        }

        @Override
        public void sendError(int status) throws IOException {
            tell(status);
            super.sendError(status);
        }

        @Override
        public void sendError(int status, String message) throws IOException {
            tell(status);
            super.sendError(status, message);
        }
    }

    private record Canceller(Scope scope) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {
            scope.cancel();
        }

        @Override
        public void onError(AsyncEvent event) {
            scope.cancel();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
