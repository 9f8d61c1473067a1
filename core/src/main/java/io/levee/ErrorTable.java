package io.levee;

import static java.util.Map.entry;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
final class ErrorTable {
    /** Throwables looked at in one failure, suppressed ones included: bounds what a hostile tree can cost. */
    private static final int MAX_VISITS = 4 * CauseChain.MAX_DEPTH;

    private static final Map<String, ErrorRule> RULES = Map.ofEntries(
            entry("java.lang.Error", ErrorRule.ERROR),
            entry("java.util.concurrent.CancellationException", ErrorRule.CANCELLED),
            entry("java.lang.InterruptedException", ErrorRule.INTERRUPTED),
            entry("java.nio.channels.ClosedByInterruptException", ErrorRule.INTERRUPTED),
            entry("java.nio.channels.FileLockInterruptionException", ErrorRule.INTERRUPTED),
            // Its subclasses that are timeouts are listed on their own; an unknown one is taken at its name.
            entry("java.io.InterruptedIOException", ErrorRule.INTERRUPTED),
            entry("io.levee.LeveeException", ErrorRule.NESTED_LEVEE),
            entry("io.levee.AttemptTimeoutException", ErrorRule.ATTEMPT_TIMEOUT),
            entry("java.security.cert.CertificateException", ErrorRule.CERTIFICATE),
            entry("java.security.cert.CertPathValidatorException", ErrorRule.CERTIFICATE),
            entry("java.security.cert.CertPathBuilderException", ErrorRule.CERTIFICATE),
            entry("javax.net.ssl.SSLPeerUnverifiedException", ErrorRule.CERTIFICATE),
            entry("java.util.concurrent.RejectedExecutionException", ErrorRule.REJECTED),
            // A connection pool that lends none in time is a local queue as well.
            entry("org.apache.hc.core5.http.ConnectionRequestTimeoutException", ErrorRule.REJECTED),
            entry("org.apache.hc.client5.http.ConnectionRequestTimeoutException", ErrorRule.REJECTED),
            entry("org.apache.http.conn.ConnectionPoolTimeoutException", ErrorRule.REJECTED),
            entry("java.io.FileNotFoundException", ErrorRule.NOT_TRANSIENT),
            entry("java.nio.file.FileSystemException", ErrorRule.NOT_TRANSIENT),
            entry("java.nio.file.attribute.UserPrincipalNotFoundException", ErrorRule.NOT_TRANSIENT),
            entry("java.io.SyncFailedException", ErrorRule.NOT_TRANSIENT),
            entry("java.net.MalformedURLException", ErrorRule.NOT_TRANSIENT),
            entry("java.net.HttpRetryException", ErrorRule.NOT_TRANSIENT),
            entry("java.net.UnknownServiceException", ErrorRule.NOT_TRANSIENT),
            entry("java.io.UnsupportedEncodingException", ErrorRule.NOT_TRANSIENT),
            entry("java.nio.charset.CharacterCodingException", ErrorRule.NOT_TRANSIENT),
            entry("java.io.CharConversionException", ErrorRule.NOT_TRANSIENT),
            entry("java.io.UTFDataFormatException", ErrorRule.NOT_TRANSIENT),
            entry("java.io.ObjectStreamException", ErrorRule.NOT_TRANSIENT),
            entry("java.util.zip.ZipException", ErrorRule.NOT_TRANSIENT),
            entry("java.util.InvalidPropertiesFormatException", ErrorRule.NOT_TRANSIENT),
            entry("java.net.ProtocolException", ErrorRule.PROTOCOL),
            entry("javax.net.ssl.SSLKeyException", ErrorRule.PROTOCOL),
            entry("javax.net.ssl.SSLProtocolException", ErrorRule.PROTOCOL),
            entry("java.net.http.WebSocketHandshakeException", ErrorRule.PROTOCOL),
            entry("org.apache.hc.core5.http.HttpException", ErrorRule.PROTOCOL),
            entry("org.apache.hc.client5.http.ClientProtocolException", ErrorRule.PROTOCOL),
            entry("javax.net.ssl.SSLHandshakeException", ErrorRule.TLS_HANDSHAKE),
            entry("javax.net.ssl.SSLException", ErrorRule.TLS),
            entry("java.net.UnknownHostException", ErrorRule.DNS),
            entry("java.nio.channels.UnresolvedAddressException", ErrorRule.DNS),
            entry("java.net.ConnectException", ErrorRule.CONNECT),
            entry("java.net.NoRouteToHostException", ErrorRule.CONNECT),
            entry("java.net.PortUnreachableException", ErrorRule.CONNECT),
            entry("java.net.BindException", ErrorRule.CONNECT),
            entry("org.apache.hc.client5.http.HttpHostConnectException", ErrorRule.CONNECT),
            entry("org.apache.http.conn.HttpHostConnectException", ErrorRule.CONNECT),
            entry("java.net.http.HttpConnectTimeoutException", ErrorRule.CONNECT_TIMEOUT),
            entry("org.apache.hc.client5.http.ConnectTimeoutException", ErrorRule.CONNECT_TIMEOUT),
            entry("org.apache.http.conn.ConnectTimeoutException", ErrorRule.CONNECT_TIMEOUT),
            entry("io.netty.channel.ConnectTimeoutException", ErrorRule.CONNECT_TIMEOUT),
            entry("java.net.SocketTimeoutException", ErrorRule.TIMEOUT),
            entry("java.net.http.HttpTimeoutException", ErrorRule.TIMEOUT),
            entry("java.util.concurrent.TimeoutException", ErrorRule.TIMEOUT),
            entry("java.nio.channels.InterruptedByTimeoutException", ErrorRule.TIMEOUT),
            entry("io.netty.handler.timeout.TimeoutException", ErrorRule.TIMEOUT),
            entry("java.net.SocketException", ErrorRule.RESET),
            entry("java.io.EOFException", ErrorRule.RESET),
            entry("java.nio.channels.ClosedChannelException", ErrorRule.RESET),
            entry("org.apache.hc.core5.http.NoHttpResponseException", ErrorRule.RESET),
            entry("org.apache.hc.core5.http.ConnectionClosedException", ErrorRule.RESET),
            entry("org.apache.http.NoHttpResponseException", ErrorRule.RESET),
            entry("okhttp3.internal.http2.StreamResetException", ErrorRule.RESET),
            entry("okhttp3.internal.http2.ConnectionShutdownException", ErrorRule.RESET),
            entry("java.io.IOException", ErrorRule.IO),
            entry("java.lang.NullPointerException", ErrorRule.PROGRAM),
            entry("java.lang.IllegalArgumentException", ErrorRule.PROGRAM),
            entry("java.lang.ClassCastException", ErrorRule.PROGRAM),
            entry("java.lang.IndexOutOfBoundsException", ErrorRule.PROGRAM),
            entry("java.lang.ArithmeticException", ErrorRule.PROGRAM),
            entry("java.lang.UnsupportedOperationException", ErrorRule.PROGRAM));

    /** Answers UNKNOWN for a class without a rule: ClassValue would not remember null as cheaply. */
    private static final ClassValue<ErrorRule> BY_CLASS = new ClassValue<>() {
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
    };

    private ErrorTable() {}

    /** The rule that decides on a failure. Allocates next to nothing where nothing is suppressed. */
    static ErrorRule ruleFor(Throwable failure) {
        Scan scan = new Scan();
        ErrorRule rule = scan.causes(failure, false);
        if (scan.ending != ErrorRule.UNKNOWN) {
            return rule.moreSevere(scan.ending);
        }
        return rule == ErrorRule.UNKNOWN && scan.transientSuppressed ? ErrorRule.SUPPRESSED : rule;
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
        ErrorRule rule = RULES.get(named.className());
        if (rule != null) {
            return rule;
        }
        Class<?> type = named.type();
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
        private int visitsLeft = MAX_VISITS;

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
            transientSuppressed |= worst.verdict().isRetryable();
        }
    }
}
