package io.levee.idempotency;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One keyed request on its way through a servlet, over as many asynchronous dispatches as it takes. */
final class ServletExchange {
    private final Idempotency idempotency;
    private final KeyedWork work;
    private final KeyedRequest request;
    private final KeyedResponse response;
    private final AtomicBoolean ended = new AtomicBoolean();

    ServletExchange(
            Idempotency idempotency,
            Admission.Work admitted,
            HttpServletRequest request,
            HttpServletResponse response) {
        this.idempotency = idempotency;
        this.work = admitted.work();
        this.request = new KeyedRequest(request, admitted.body());
        this.response = new KeyedResponse(response, idempotency);
    }

    KeyedWork work() {
        return work;
    }

    HttpServletRequest request() {
        return request;
    }

    HttpServletResponse response() {
        return response;
    }

    /** Runs the servlet, for the first time or after a dispatch. */
    void run(FilterChain chain, ServletRequest in, ServletResponse out) throws IOException, ServletException {
        try {
            chain.doFilter(in, out);
        } catch (IOException | ServletException | RuntimeException | Error thrown) {
            failed();
            throw thrown;
        }
        if (!request.isAsyncStarted()) {
            end();
        }
    }

    private void failed() {
        if (ended.compareAndSet(false, true)) {
            work.fail();
            response.giveUp();
        }
    }

    private void end() throws IOException {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        if (response.isTooLong()) {
            response.flushAll();
            work.finishUnkept(idempotency.tooLongAnswer(response.getStatus()));
            return;
        }
        StoredResponse given = response.captured();
        StoredResponse sent = work.finish(given);
        response.send(given, sent);
    }

    /** The request as the servlet sees it: asynchronous processing starts with the captured response, not the real one. */
    private final class KeyedRequest extends BufferedRequest {
        private @Nullable KeyedAsyncContext async;

        KeyedRequest(HttpServletRequest real, byte[] body) {
            super(real, body, false);
        }

        @Override
        public AsyncContext startAsync() {
            return started(getRequest().startAsync(this, response));
        }

        @Override
        public AsyncContext startAsync(ServletRequest in, ServletResponse out) {
            return started(getRequest().startAsync(in, out));
        }

        private AsyncContext started(AsyncContext real) {
            KeyedAsyncContext context = new KeyedAsyncContext(real);
            real.addListener(context);
            async = context;
            return context;
        }

        @Override
        public AsyncContext getAsyncContext() {
            KeyedAsyncContext context = async;
            return context == null || !isAsyncStarted() ? super.getAsyncContext() : context;
        }
    }

    /** Ends the exchange before the container's own end. */
    private final class KeyedAsyncContext extends ForwardingAsyncContext implements AsyncListener {
        KeyedAsyncContext(AsyncContext real) {
            super(real);
        }

        @Override
        public void complete() {
            try {
                end();
            } catch (IOException gone) {
                // The client's connection broke; the answer is stored, and waits for the next request.
            } finally {
                super.complete();
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            // Nobody has completed it but the container: it ran out of its time, or failed.
            failed();
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
