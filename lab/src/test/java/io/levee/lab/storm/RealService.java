package io.levee.lab.storm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * The last service of a scenario as a program of its own: the scenario's workers are threads that sleep for the service
 * time, before them a bounded queue, before that the JDK's HTTP server. Prints its port, and ends when its input does.
 *
 * <p>It takes only what the scenario says from the model (service times, faults); queueing, threads, connections and
 * cancellation are real. A worker that the machine woke late begins its next request, if one waits, when it should have:
 * else the capacity would be the machine's and not the scenario's.
 */
final class RealService {
    /** Starts the scenario's clock. */
    static final String START = "/start";

    /** The requests that came in each second since the start, with blanks between. */
    static final String COUNTS = "/counts";

    /** What is called. Before the start every request is answered at once. */
    static final String STOCK = "/stock";

    private static final int BACKLOG = 1_024;

    private final ServiceModel model;
    private final Faults faults;
    private final Draws times;
    private final AtomicIntegerArray arrived;
    private final ThreadPoolExecutor workers;
    /** When each worker's last request should have ended. */
    private final ThreadLocal<Long> freeAt = ThreadLocal.withInitial(() -> Long.MIN_VALUE);

    private volatile long startNanos;
    private volatile boolean isStarted;

    private RealService(Scenario scenario, long seed) {
        model = scenario.last();
        faults = new Faults(scenario.faults(), model.name(), new Draws(seed, "faults of " + model.name()));
        times = new Draws(seed, "times of " + model.name());
        // Seconds after the end stand in the last one.
        arrived = new AtomicIntegerArray((int) scenario.length().toSeconds() + 1);
        workers = new ThreadPoolExecutor(
                model.workers(), model.workers(), 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(model.queue()));
        workers.prestartAllCoreThreads();
    }

    /** Arguments: a scenario file and a seed. */
    public static void main(String[] args) throws IOException {
        RealService service = new RealService(ScenarioFile.load(Path.of(args[0])), Long.parseLong(args[1]));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext(START, exchange -> {
            service.startNanos = System.nanoTime();
            service.isStarted = true;
            answer(exchange, SimAttempt.OK, "");
        });
        server.createContext(COUNTS, exchange -> answer(exchange, SimAttempt.OK, service.counts()));
        server.createContext(STOCK, service::receive);
        server.start();
        System.out.println(server.getAddress().getPort());
        while (System.in.read() >= 0) {
            // Whoever started this keeps the pipe open as long as it is wanted.
        }
        System.exit(0);
    }

    private String counts() {
        int[] each = new int[arrived.length()];
        Arrays.setAll(each, arrived::get);
        return Arrays.stream(each).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }

    /** An instant as the model counts. */
    private long modelNanos(long nanos) {
        return EventLoop.START_NANOS + nanos - startNanos;
    }

    private void receive(HttpExchange exchange) {
        if (!isStarted) {
            answer(exchange, SimAttempt.OK, "");
            return;
        }
        long now = System.nanoTime();
        arrived.incrementAndGet(
                (int) Math.min(arrived.length() - 1L, TimeUnit.NANOSECONDS.toSeconds(now - startNanos)));
        boolean refused;
        synchronized (this) {
            refused = faults.refuses(modelNanos(now));
        }
        if (refused) {
            answer(exchange, SimAttempt.UNAVAILABLE, "");
            return;
        }
        try {
            workers.execute(() -> work(exchange, now));
        } catch (RejectedExecutionException queueIsFull) {
            answer(exchange, SimAttempt.REFUSED, "");
        }
    }

    private void work(HttpExchange exchange, long arrivedNanos) {
        long begin = Math.max(arrivedNanos, freeAt.get());
        long end;
        boolean spoiled;
        synchronized (this) {
            end = begin + (long) (model.time().draw(times) * faults.slowness(modelNanos(begin)));
            spoiled = faults.meets(Fault.Kind.ERRORS, modelNanos(begin));
        }
        freeAt.set(end);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
        answer(exchange, spoiled ? SimAttempt.UNAVAILABLE : SimAttempt.OK, "");
    }

    private static void answer(HttpExchange exchange, int status, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException callerHasGone) {
            // As in the model: it did its work, and nobody reads the answer.
        }
    }
}
