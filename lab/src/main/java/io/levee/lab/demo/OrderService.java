package io.levee.lab.demo;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;

/**
 * The order service: answers {@code POST /orders/{sku}} after it has asked inventory. A thread for each request, as many
 * as there are requests, so that what is measured is how inventory is treated and not when an order thread was free.
 */
final class OrderService implements AutoCloseable {
    /** Says in an answer that it was made without inventory. */
    static final String DEGRADED_HEADER = "Order-Degraded";

    private static final String PATH = "/orders/";

    private final StockClient inventory;
    private final LoopbackServer server;

    private OrderService(StockClient inventory) throws IOException {
        this.inventory = inventory;
        server = LoopbackServer.start("order", PATH, this::order);
    }

    /**
     * Starts the service.
     *
     * @param inventory how it asks inventory; closed by whoever made it
     * @throws IOException if it can't listen
     */
    static OrderService start(StockClient inventory) throws IOException {
        return new OrderService(inventory);
    }

    URI orderUri(String sku) {
        return server.uri(PATH + sku);
    }

    private void order(HttpExchange exchange) {
        String sku = exchange.getRequestURI().getPath().substring(PATH.length());
        try {
            StockClient.Stock stock = inventory.stock(sku);
            if (stock.degraded()) {
                exchange.getResponseHeaders().set(DEGRADED_HEADER, "stock-unknown");
            }
            LoopbackServer.answer(exchange, 200, stock.body());
        } catch (IOException failed) {
            LoopbackServer.answer(exchange, 502, "{\"error\":\"inventory did not answer\"}");
        } catch (InterruptedException closing) {
            exchange.close();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
