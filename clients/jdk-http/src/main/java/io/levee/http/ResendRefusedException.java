package io.levee.http;

import java.io.IOException;

/**
 * The connection was lost before the first byte of an answer, and the JDK's client was about to send the request a
 * second time by itself; it was kept from that, so that every attempt passes Levee's limiter, breaker and retry budget.
 * The JDK's client drops the first error when it resends, so what is known of it is this class alone. Levee treats it
 * like any connection that broke after the request was sent.
 */
public final class ResendRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    ResendRefusedException() {
        super("the connection was lost before any answer; the JDK client's own second send was refused,"
                + " Levee decides about retries");
    }
}
