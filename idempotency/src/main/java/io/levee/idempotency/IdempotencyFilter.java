package io.levee.idempotency;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A servlet filter (Jakarta Servlet 6), for synchronous and asynchronous servlets:
 *
 * <pre>{@code
 * Idempotency idempotency = Idempotency.on(JdbcStore.sqlite(Path.of("idempotency.db"))).build();
 * new IdempotencyFilter(idempotency).addTo(servletContext, "/payments/*");
 * }</pre>
 *
 * <p>It has to be mapped for the dispatchers REQUEST and ASYNC, as {@link #addTo} does, and stand behind authentication. An answer
 * is sent when the servlet has ended ({@code AsyncContext.complete()}), not before: {@code flush()} sends nothing. {@code
 * getPart()} does not work on a keyed request, since its body has been read; {@code getParameter()} and the streams do.
 */
public final class IdempotencyFilter implements Filter {
    private static final String EXCHANGE = IdempotencyFilter.class.getName() + ".exchange";

    private final Idempotency idempotency;

    /**
     * A filter.
     *
     * @param idempotency decides; remains the caller's
     */
    public IdempotencyFilter(Idempotency idempotency) {
        this.idempotency = Objects.requireNonNull(idempotency, "idempotency");
    }

    /**
     * Registers this filter for the dispatchers that it needs, with support for asynchronous servlets, behind the filters that are
     * there already.
     *
     * @param context where to
     * @param urlPatterns as for {@link FilterRegistration#addMappingForUrlPatterns}
     * @throws IllegalStateException if a filter of that name is there
     */
    public void addTo(ServletContext context, String... urlPatterns) {
        FilterRegistration.Dynamic registration = context.addFilter("levee-idempotency", this);
        if (registration == null) {
            throw new IllegalStateException("a filter named levee-idempotency is registered already");
        }
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(
                EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), true, urlPatterns);
    }

    /**
     * The keyed work that a request is.
     *
     * @param request as the servlet got it
     * @return null if the request has no key, or one that does not count
     */
    public static @Nullable KeyedWork work(ServletRequest request) {
        return request.getAttribute(EXCHANGE) instanceof ServletExchange exchange ? exchange.work() : null;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            chain.doFilter(request, response);
            return;
        }
        if (request.getDispatcherType() != DispatcherType.REQUEST) {
            // Admitted before: a dispatch is the same request.
            if (request.getDispatcherType() == DispatcherType.ASYNC
                    && request.getAttribute(EXCHANGE) instanceof ServletExchange exchange) {
                exchange.run(chain, request, response);
            } else {
                chain.doFilter(request, response);
            }
            return;
        }
        Admission admission = idempotency.admit(head(http), http.getContentLengthLong(), http.getInputStream());
        if (admission instanceof Admission.Answer ready) {
            send(answer, ready.answer());
        } else if (admission instanceof Admission.Pass pass) {
            chain.doFilter(pass.read().length == 0 ? request : new BufferedRequest(http, pass.read(), true), response);
        } else if (admission instanceof Admission.Work work) {
            ServletExchange exchange = new ServletExchange(idempotency, work, http, answer);
            request.setAttribute(EXCHANGE, exchange);
            exchange.run(chain, exchange.request(), exchange.response());
        }
    }

    private static RequestHead head(HttpServletRequest request) {
        Principal principal = request.getUserPrincipal();
        return new RequestHead(
                request.getMethod(),
                request.getRequestURI(),
                request.getQueryString(),
                principal == null ? null : principal.getName(),
                name -> Collections.list(request.getHeaders(name)));
    }

    /** Sends an answer whole. */
    static void send(HttpServletResponse response, StoredResponse answer) throws IOException {
        response.setStatus(answer.status());
        for (StoredResponse.Header header : answer.headers()) {
            response.addHeader(header.name(), header.value());
        }
        byte[] body = answer.bodyBytes();
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
