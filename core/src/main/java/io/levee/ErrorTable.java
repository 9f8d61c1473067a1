package io.levee;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The one table of Java's errors: which {@link ErrorRule} a throwable falls under, seen through its whole cause chain.
 *
 * <p>Keyed by class name, since this module depends on java.base alone and yet knows {@code java.net.http}'s errors and
 * those of common clients. A class that is not listed has the rule of its nearest listed superclass. Wrappers
 * (CompletionException, ExecutionException, UncheckedIOException, InvocationTargetException and every other class that
 * nobody listed) have no rule, so what they wrap decides.
 *
 * <p>Suppressed exceptions count toward finality only: an {@code Error}, an interruption or a certificate among them
 * ends the call. They prove nothing else. A suppressed ConnectException of an earlier address says nothing of the
 * address that was then used, so it must not turn 'sent, no answer' into 'never sent'; and where the cause chain has a
 * rule, that rule knows more. Only where the cause chain has none at all does a transient suppressed error make the
 * failure retryable, always as 'sent, no answer', so that what is not idempotent stays unrepeated.
 */
final class ErrorTable extends ClassValue<ErrorRule> {
    // As text, a rule and its classes a line: as code it would be three times the size. Of InterruptedIOException the
    // subclasses that are timeouts are listed on their own; an unknown one is taken at its name. A connection pool that
    // lends none in time is a local queue as well.
    private static final String TABLE = """
            ERROR java.lang.Error
            CANCELLED java.util.concurrent.CancellationException
            INTERRUPTED java.lang.InterruptedException java.nio.channels.ClosedByInterruptException
            INTERRUPTED java.nio.channels.FileLockInterruptionException java.io.InterruptedIOException
            NESTED_LEVEE io.levee.LeveeException
            ATTEMPT_TIMEOUT io.levee.AttemptTimeoutException
            CERTIFICATE java.security.cert.CertificateException java.security.cert.CertPathValidatorException
            CERTIFICATE java.security.cert.CertPathBuilderException javax.net.ssl.SSLPeerUnverifiedException
            REJECTED java.util.concurrent.RejectedExecutionException
            REJECTED org.apache.hc.core5.http.ConnectionRequestTimeoutException
            REJECTED org.apache.hc.client5.http.ConnectionRequestTimeoutException
            REJECTED org.apache.http.conn.ConnectionPoolTimeoutException
            NOT_TRANSIENT java.io.FileNotFoundException java.nio.file.FileSystemException
            NOT_TRANSIENT java.nio.file.attribute.UserPrincipalNotFoundException java.io.SyncFailedException
            NOT_TRANSIENT java.net.MalformedURLException java.net.HttpRetryException java.net.UnknownServiceException
            NOT_TRANSIENT java.io.UnsupportedEncodingException java.nio.charset.CharacterCodingException
            NOT_TRANSIENT java.io.CharConversionException java.io.UTFDataFormatException java.io.ObjectStreamException
            NOT_TRANSIENT java.util.zip.ZipException java.util.InvalidPropertiesFormatException
            PROTOCOL java.net.ProtocolException javax.net.ssl.SSLKeyException javax.net.ssl.SSLProtocolException
            PROTOCOL java.net.http.WebSocketHandshakeException org.apache.hc.core5.http.HttpException
            PROTOCOL org.apache.hc.client5.http.ClientProtocolException
            TLS_HANDSHAKE javax.net.ssl.SSLHandshakeException
            TLS javax.net.ssl.SSLException
            DNS java.net.UnknownHostException java.nio.channels.UnresolvedAddressException
            CONNECT java.net.ConnectException java.net.NoRouteToHostException java.net.PortUnreachableException
            CONNECT java.net.BindException org.apache.hc.client5.http.HttpHostConnectException
            CONNECT org.apache.http.conn.HttpHostConnectException
            CONNECT_TIMEOUT java.net.http.HttpConnectTimeoutException
            CONNECT_TIMEOUT org.apache.hc.client5.http.ConnectTimeoutException
            CONNECT_TIMEOUT org.apache.http.conn.ConnectTimeoutException io.netty.channel.ConnectTimeoutException
            TIMEOUT java.net.SocketTimeoutException java.net.http.HttpTimeoutException
            TIMEOUT java.util.concurrent.TimeoutException java.nio.channels.InterruptedByTimeoutException
            TIMEOUT io.netty.handler.timeout.TimeoutException
            RESET java.net.SocketException java.io.EOFException java.nio.channels.ClosedChannelException
            RESET org.apache.hc.core5.http.NoHttpResponseException org.apache.hc.core5.http.ConnectionClosedException
            RESET org.apache.http.NoHttpResponseException okhttp3.internal.http2.StreamResetException
            RESET okhttp3.internal.http2.ConnectionShutdownException
            RESET org.apache.hc.core5.http.RequestNotExecutedException
            IO java.io.IOException
            PROGRAM java.lang.NullPointerException java.lang.IllegalArgumentException java.lang.ClassCastException
            PROGRAM java.lang.IndexOutOfBoundsException java.lang.ArithmeticException
            PROGRAM java.lang.UnsupportedOperationException
            """;

    private static final Map<String, ErrorRule> RULES = rules();

    private static final ErrorTable BY_CLASS = new ErrorTable();

    private ErrorTable() {}

    private static Map<String, ErrorRule> rules() {
        Map<String, ErrorRule> rules = new HashMap<>();
        for (String line : TABLE.split("\n", -1)) {
            String[] words = line.split(" ", -1);
            for (int i = 1; i < words.length; i++) {
                rules.put(words[i], ErrorRule.valueOf(words[0]));
            }
        }
        return rules;
    }

    @Override
    protected ErrorRule computeValue(Class<?> type) {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            ErrorRule rule = RULES.get(c.getName());
            if (rule != null) {
                return rule;
            }
        }
        return ErrorRule.UNKNOWN;
    }

    /** The rule that decides on a failure. Allocates next to nothing where nothing is suppressed. */
    static ErrorRule ruleFor(Throwable failure) {
        Scan scan = new Scan();
        ErrorRule rule = scan.causes(failure, false);
        if (scan.ending != ErrorRule.UNKNOWN) {
            return rule.moreSevere(scan.ending);
        }
        return rule == ErrorRule.UNKNOWN && scan.transientSuppressed ? ErrorRule.SUPPRESSED : rule;
    }

    /**
     * The rule of a failure.
     *
     * @param bare whether it is known to have neither cause nor suppressed exceptions
     */
    static ErrorRule ruleFor(Throwable failure, boolean bare) {
        return bare ? own(failure) : ruleFor(failure);
    }

    /** The rule of one throwable, its causes left aside. */
    private static ErrorRule own(Throwable t) {
        ErrorRule rule = t instanceof NamedThrowable named ? byName(named) : BY_CLASS.get(t.getClass());
        if (rule == ErrorRule.TIMEOUT) {
            return saysConnectTimedOut(t) ? ErrorRule.CONNECT_TIMEOUT : rule;
        }
        boolean tls = rule == ErrorRule.TLS || rule == ErrorRule.TLS_HANDSHAKE;
        return tls && saysCertificate(t.getMessage()) ? ErrorRule.CERTIFICATE : rule;
    }

    /** For a throwable of which only names are known: the class' superclasses count where the class can be loaded. */
    private static ErrorRule byName(NamedThrowable named) {
        ErrorRule rule = RULES.get(named.className);
        if (rule != null) {
            return rule;
        }
        Class<?> type = named.type;
        return type == null ? ErrorRule.UNKNOWN : BY_CLASS.get(type);
    }

    /**
     * SocketTimeoutException is thrown for the connect and for the read; only the JDK's exact message tells which. It
     * must be exact: 'never sent' allows even a POST to be repeated.
     */
    private static boolean saysConnectTimedOut(Throwable t) {
        String message = t.getMessage();
        return message != null && message.equalsIgnoreCase("connect timed out");
    }

    /** The alerts of RFC 8446, section 6.2, and RFC 6066 that are about a certificate, and the JDK's path check. */
    private static boolean saysCertificate(@Nullable String message) {
        if (message == null) {
            return false;
        }
        String text = message.toLowerCase(Locale.ROOT);
        return (text.contains("alert") && (text.contains("certificate") || text.contains("unknown_ca")))
                || text.startsWith("pkix path");
    }

    /** The table's rows, for the documentation and its test. */
    static Map<String, ErrorRule> rows() {
        return RULES;
    }

    /** One walk over a failure: what the suppressed exceptions said, and how much may still be looked at. */
    private static final class Scan {
        /** The most severe rule among the suppressed that ends a call from there; UNKNOWN for none. */
        ErrorRule ending = ErrorRule.UNKNOWN;

        boolean transientSuppressed;
        /** Throwables looked at in one failure, suppressed ones included: bounds what a hostile tree can cost. */
        private int visitsLeft = 4 * CauseChain.MAX_DEPTH;

        /**
         * The most severe rule of a cause chain; notes what is suppressed along it.
         *
         * @param timedOutAbove whether the engine's own attempt timeout stands above: what that one interrupted is no
         *     interruption by somebody else
         */
        ErrorRule causes(Throwable start, boolean timedOutAbove) {
            ErrorRule worst = ErrorRule.UNKNOWN;
            boolean timedOut = timedOutAbove;
            Throwable t = start;
            for (int depth = 0; t != null && depth < CauseChain.MAX_DEPTH && visitsLeft > 0; depth++) {
                visitsLeft--;
                ErrorRule rule = own(t);
                timedOut |= rule == ErrorRule.ATTEMPT_TIMEOUT;
                if (!(timedOut && rule.isInterruption())) {
                    worst = worst.moreSevere(rule);
                }
                for (Throwable s : t.getSuppressed()) {
                    suppressed(s, timedOut);
                }
                t = t.getCause();
            }
            return worst;
        }

        private void suppressed(Throwable start, boolean timedOut) {
            if (visitsLeft <= 0) {
                return;
            }
            ErrorRule worst = causes(start, timedOut);
            if (worst.endsFromSuppressed()) {
                ending = ending.moreSevere(worst);
            }
            transientSuppressed |= worst.verdict.isRetryable();
        }
    }
}
