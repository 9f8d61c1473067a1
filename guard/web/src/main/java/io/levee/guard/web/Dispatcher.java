package io.levee.guard.web;

import io.levee.guard.web.RouteTable.Found;
import io.levee.guard.web.RouteTable.Route;
import io.levee.guard.web.Tokens.Principal;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** From a request to its route and back. Whoever may not is told so before the body is read. */
final class Dispatcher extends Handler.Abstract {
    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());
    private static final byte[] NO_BODY = new byte[0];

    private final RouteTable routes;
    private final Access access;
    private final BodyReader bodies;
    private final RateLimit publicLimit;
    private final RateLimit ingestLimit;
    private final Map<String, WebServerBuilder.ErrorShape> errorShapes;
    private final int mostStreams;
    private final int queue;
    private final long heartbeatMs;
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();

    Dispatcher(RouteTable routes, Access access, BodyReader bodies, WebServerBuilder settings) {
        this.routes = routes;
        this.access = access;
        this.bodies = bodies;
        publicLimit = settings.publicLimit.limit();
        ingestLimit = settings.ingestLimit.limit();
        errorShapes = Map.copyOf(settings.errorShapes);
        mostStreams = settings.mostStreams;
        queue = settings.streamQueue;
        heartbeatMs = settings.heartbeat.toMillis();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            serve(request, response, callback);
        } catch (WebException e) {
            Responder.write(request, response, callback, error(request, e.status(), e.text()));
        } catch (IOException e) {
            // The client is gone, or what it sends is broken.
            callback.failed(e);
        } catch (RuntimeException e) {
            String id = UUID.randomUUID().toString();
            LOG.log(
                    System.Logger.Level.ERROR,
                    request.getMethod() + " " + request.getHttpURI().getPath() + ", " + id,
                    e);
            Responder.write(
                    request,
                    response,
                    callback,
                    error(request, 500, "an error in the guard; its log tells more at " + id));
        }
        return true;
    }

    private void serve(Request request, Response response, Callback callback) throws IOException {
        String path = request.getHttpURI().getDecodedPath();
        Found found = path == null ? null : routes.find(request.getMethod(), path);
        Route route = found == null ? null : found.route();
        limit(request, route);
        if (found == null) {
            throw new WebException(404, "there is no " + path);
        }
        if (route == null) {
            Answer answer = request.getMethod().equals("OPTIONS")
                    ? Answer.of(204, "", NO_BODY)
                    : error(
                            request,
                            405,
                            request.getMethod() + " is not for " + path + ", which takes " + found.allow());
            Responder.write(request, response, callback, answer.with("Allow", found.allow()));
            return;
        }
        Principal principal = access.admit(request, route.least());
        if (route.source() != null) {
            Exchange exchange = new Exchange(request, path, found.parts(), principal, NO_BODY);
            open(route, route.source(), exchange, request, response, callback);
        } else if (route.handler() != null) {
            byte[] body = bodies.read(request);
            Answer answer;
            try {
                answer = route.handler().handle(new Exchange(request, path, found.parts(), principal, body));
            } finally {
                bodies.release(body);
            }
            Responder.write(request, response, callback, answer);
        }
    }

    private Answer error(Request request, int status, String message) {
        String path = String.valueOf(request.getHttpURI().getDecodedPath());
        return errorShapes.entrySet().stream()
                .filter(each -> path.startsWith(each.getKey()))
                .findFirst()
                .map(each -> each.getValue().of(status, message))
                .orElseGet(() -> Responder.error(status, message));
    }

    /** Only what is open to many: the rest takes a token that somebody handed out to a person or a pipeline. */
    private void limit(Request request, @Nullable Route route) {
        RateLimit limit = route == null || route.least() == null
                ? publicLimit
                : route.least() == Role.INGEST && request.getMethod().equals("POST") ? ingestLimit : null;
        if (limit != null && !limit.admits(Request.getRemoteAddr(request), System.nanoTime())) {
            throw new WebException(429, "too many requests from " + Request.getRemoteAddr(request) + "; wait a second");
        }
    }

    private void open(
            Route route,
            Routes.StreamSource source,
            Exchange exchange,
            Request request,
            Response response,
            Callback callback) {
        if (request.getMethod().equals("HEAD")) {
            Responder.write(request, response, callback, Answer.of(200, "text/event-stream", NO_BODY));
            return;
        }
        if (streams.size() >= mostStreams) {
            throw new WebException(503, "there are " + mostStreams + " streams already; close some pages");
        }
        response.setStatus(200);
        Responder.secure(request, response);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        // nginx would keep the events to itself until a buffer is full.
        response.getHeaders().put("X-Accel-Buffering", "no");
        EventStream[] self = new EventStream[1];
        EventStream stream = new EventStream(
                request,
                response,
                callback,
                queue,
                () -> access.still(request, route.least()),
                () -> streams.remove(self[0]));
        self[0] = stream;
        streams.add(stream);
        stream.begin(heartbeatMs);
        try {
            stream.subscribed(source.open(exchange, stream));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "cannot open the stream " + exchange.path(), e);
            stream.end(e);
        }
    }

    void endStreams() {
        streams.forEach(stream -> stream.end(null));
    }
}
