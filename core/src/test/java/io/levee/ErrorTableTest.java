package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.CharConversionException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.InvalidClassException;
import java.io.UncheckedIOException;
import java.io.UnsupportedEncodingException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.MalformedInputException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLProtocolException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorTableTest {
    static Stream<Arguments> single() {
        return Stream.of(
                arguments(new StackOverflowError(), ErrorRule.ERROR),
                arguments(new AssertionError("x"), ErrorRule.ERROR),
                arguments(new CancellationException(), ErrorRule.CANCELLED),
                arguments(new InterruptedException(), ErrorRule.INTERRUPTED),
                arguments(new ClosedByInterruptException(), ErrorRule.INTERRUPTED),
                arguments(new FileLockInterruptionException(), ErrorRule.INTERRUPTED),
                arguments(new InterruptedIOException("x"), ErrorRule.INTERRUPTED),
                arguments(new AttemptTimeoutException("d", 0, 1, null), ErrorRule.ATTEMPT_TIMEOUT),
                arguments(new CertificateExpiredException(), ErrorRule.CERTIFICATE),
                arguments(new CertPathValidatorException(), ErrorRule.CERTIFICATE),
                arguments(new SSLPeerUnverifiedException("x"), ErrorRule.CERTIFICATE),
                arguments(new SSLHandshakeException("Received fatal alert: bad_certificate"), ErrorRule.CERTIFICATE),
                arguments(
                        new SSLHandshakeException("(certificate_expired) Received fatal alert: certificate_expired"),
                        ErrorRule.CERTIFICATE),
                arguments(new SSLHandshakeException("Received fatal alert: unknown_ca"), ErrorRule.CERTIFICATE),
                arguments(new SSLException("Received fatal alert: certificate_required"), ErrorRule.CERTIFICATE),
                arguments(
                        new SSLHandshakeException("PKIX path building failed: unable to find valid path"),
                        ErrorRule.CERTIFICATE),
                arguments(
                        new SSLHandshakeException("Received fatal alert: handshake_failure"), ErrorRule.TLS_HANDSHAKE),
                arguments(new SSLHandshakeException(null), ErrorRule.TLS_HANDSHAKE),
                arguments(new SSLException("Connection reset"), ErrorRule.TLS),
                arguments(new SSLKeyException("x"), ErrorRule.PROTOCOL),
                arguments(new SSLProtocolException("x"), ErrorRule.PROTOCOL),
                arguments(new ProtocolException("x"), ErrorRule.PROTOCOL),
                arguments(new UnknownHostException("x"), ErrorRule.DNS),
                arguments(new UnresolvedAddressException(), ErrorRule.DNS),
                arguments(new ConnectException("x"), ErrorRule.CONNECT),
                arguments(new NoRouteToHostException("x"), ErrorRule.CONNECT),
                arguments(new PortUnreachableException("x"), ErrorRule.CONNECT),
                arguments(new HttpConnectTimeoutException("x"), ErrorRule.CONNECT_TIMEOUT),
                arguments(new SocketTimeoutException("Connect timed out"), ErrorRule.CONNECT_TIMEOUT),
                arguments(new SocketTimeoutException("connect timed out"), ErrorRule.CONNECT_TIMEOUT),
                arguments(new SocketTimeoutException("Read timed out"), ErrorRule.TIMEOUT),
                arguments(new SocketTimeoutException(null), ErrorRule.TIMEOUT),
                arguments(new SocketTimeoutException("upstream said: connect timed out"), ErrorRule.TIMEOUT),
                arguments(new HttpTimeoutException("x"), ErrorRule.TIMEOUT),
                arguments(new TimeoutException(), ErrorRule.TIMEOUT),
                arguments(new SocketException("Connection reset"), ErrorRule.RESET),
                arguments(new EOFException(), ErrorRule.RESET),
                arguments(new ClosedChannelException(), ErrorRule.RESET),
                arguments(new AsynchronousCloseException(), ErrorRule.RESET),
                arguments(new IOException("x"), ErrorRule.IO),
                arguments(new OwnIo(), ErrorRule.IO),
                arguments(new FileNotFoundException("x"), ErrorRule.NOT_TRANSIENT),
                arguments(new NoSuchFileException("x"), ErrorRule.NOT_TRANSIENT),
                arguments(new MalformedURLException("x"), ErrorRule.NOT_TRANSIENT),
                arguments(new UnsupportedEncodingException("x"), ErrorRule.NOT_TRANSIENT),
                arguments(new MalformedInputException(1), ErrorRule.NOT_TRANSIENT),
                arguments(new CharConversionException("x"), ErrorRule.NOT_TRANSIENT),
                arguments(new InvalidClassException("x"), ErrorRule.NOT_TRANSIENT),
                arguments(new ZipException("x"), ErrorRule.NOT_TRANSIENT),
                arguments(new RejectedExecutionException(), ErrorRule.REJECTED),
                arguments(new IllegalArgumentException("x"), ErrorRule.PROGRAM),
                arguments(new NullPointerException(), ErrorRule.PROGRAM),
                arguments(new IllegalStateException("x"), ErrorRule.UNKNOWN),
                arguments(new Exception("x"), ErrorRule.UNKNOWN));
    }

    @ParameterizedTest
    @MethodSource("single")
    void aThrowableHasTheRuleOfItsNearestListedClass(Throwable failure, ErrorRule rule) {
        assertThat(ErrorTable.ruleFor(failure)).isEqualTo(rule);
    }

    static Stream<Arguments> wrappers() {
        Stream<UnaryOperator<Throwable>> makers = Stream.of(
                CompletionException::new,
                ExecutionException::new,
                UndeclaredThrowableException::new,
                cause -> new InvocationTargetException(cause),
                cause -> new RuntimeException(new IllegalStateException("user's own", cause)));
        return makers.flatMap(wrap -> single().map(each -> arguments(
                named(wrap.apply(new Exception()).getClass().getSimpleName(), wrap), each.get()[0], each.get()[1])));
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void aWrapperChangesNothing(UnaryOperator<Throwable> wrap, Throwable failure, ErrorRule rule) {
        assertThat(ErrorTable.ruleFor(wrap.apply(failure))).isEqualTo(rule);
    }

    static Stream<Arguments> chains() {
        return Stream.of(
                arguments(new UncheckedIOException(new ConnectException()), ErrorRule.CONNECT),
                arguments(chain(new ConnectException(), new UnresolvedAddressException()), ErrorRule.DNS),
                arguments(chain(new ConnectException(), new ClosedChannelException()), ErrorRule.CONNECT),
                arguments(chain(new IOException(), new EOFException()), ErrorRule.RESET),
                arguments(chain(new IOException(), new NoSuchFileException("x")), ErrorRule.NOT_TRANSIENT),
                arguments(
                        chain(new SSLHandshakeException("PKIX"), new CertificateExpiredException()),
                        ErrorRule.CERTIFICATE),
                arguments(chain(new SSLHandshakeException("x"), new EOFException()), ErrorRule.TLS_HANDSHAKE),
                arguments(chain(new ConnectException(), new OutOfMemoryError()), ErrorRule.ERROR),
                arguments(chain(new CancellationException(), new StackOverflowError()), ErrorRule.ERROR),
                arguments(chain(new IOException(), new InterruptedException()), ErrorRule.INTERRUPTED),
                arguments(chain(new IllegalArgumentException(), new ConnectException()), ErrorRule.CONNECT));
    }

    @ParameterizedTest
    @MethodSource("chains")
    void theMostSevereOfAChainDecides(Throwable failure, ErrorRule rule) {
        assertThat(ErrorTable.ruleFor(failure)).isEqualTo(rule);
    }

    @Test
    void whatTheOwnAttemptTimeoutInterruptedIsNoInterruption() {
        InterruptedException below = new InterruptedException();
        assertThat(ErrorTable.ruleFor(new AttemptTimeoutException("d", 0, 1, below)))
                .isEqualTo(ErrorRule.ATTEMPT_TIMEOUT);
        assertThat(ErrorTable.ruleFor(new AttemptTimeoutException("d", 0, 1, new IOException(below))))
                .isEqualTo(ErrorRule.ATTEMPT_TIMEOUT);
        assertThat(ErrorTable.ruleFor(chain(
                        new InterruptedException(),
                        new RuntimeException(new AttemptTimeoutException("d", 0, 1, null)))))
                .isEqualTo(ErrorRule.INTERRUPTED);
        assertThat(ErrorTable.ruleFor(new AttemptTimeoutException("d", 0, 1, new StackOverflowError())))
                .isEqualTo(ErrorRule.ERROR);
    }

    @Test
    void aSuppressedOneCanOnlyEndTheCall() {
        assertThat(ErrorTable.ruleFor(suppressing(new ConnectException(), new StackOverflowError())))
                .isEqualTo(ErrorRule.ERROR);
        assertThat(ErrorTable.ruleFor(suppressing(new IOException(), new IOException(new InterruptedException()))))
                .isEqualTo(ErrorRule.INTERRUPTED);
        assertThat(ErrorTable.ruleFor(suppressing(new IOException(), new CertificateExpiredException())))
                .isEqualTo(ErrorRule.CERTIFICATE);
        // Deeper down: suppressed by a cause, and by a suppressed one.
        assertThat(ErrorTable.ruleFor(new RuntimeException(suppressing(new IOException(), new InterruptedException()))))
                .isEqualTo(ErrorRule.INTERRUPTED);
        assertThat(ErrorTable.ruleFor(
                        suppressing(new IOException(), suppressing(new IOException(), new InterruptedException()))))
                .isEqualTo(ErrorRule.INTERRUPTED);
    }

    @Test
    void aSuppressedConnectExceptionDoesNotProveThatNothingWasSent() {
        assertThat(ErrorTable.ruleFor(suppressing(new SocketException("reset"), new ConnectException())))
                .isEqualTo(ErrorRule.RESET);
        ErrorRule alone = ErrorTable.ruleFor(suppressing(new RuntimeException("all failed"), new ConnectException()));
        assertThat(alone).isEqualTo(ErrorRule.SUPPRESSED);
        assertThat(alone.verdict.fate()).isEqualTo(Fate.SENT_NO_ANSWER);
        assertThat(ErrorTable.ruleFor(suppressing(new NullPointerException(), new IOException("close"))))
                .isEqualTo(ErrorRule.PROGRAM);
        assertThat(ErrorTable.ruleFor(suppressing(new IOException("x"), new FileNotFoundException("close"))))
                .isEqualTo(ErrorRule.IO);
    }

    @Test
    void aCycleEnds() {
        Exception a = new Exception("a");
        Exception b = new Exception("b", a);
        a.initCause(b);
        assertThat(ErrorTable.ruleFor(a)).isEqualTo(ErrorRule.UNKNOWN);
        IOException c = new IOException("c");
        c.initCause(new RuntimeException(c));
        assertThat(ErrorTable.ruleFor(c)).isEqualTo(ErrorRule.IO);
    }

    @Test
    void aTreeOfSuppressedOnesThatContainsItselfEnds() {
        Exception a = new Exception("a");
        Exception b = new Exception("b");
        for (int i = 0; i < 8; i++) {
            a.addSuppressed(b);
            b.addSuppressed(a);
        }
        assertThat(ErrorTable.ruleFor(a)).isEqualTo(ErrorRule.UNKNOWN);
    }

    @Test
    void whatLiesDeeperThanAnyHonestChainIsNotSeen() {
        Throwable deep = new ConnectException();
        for (int i = 0; i < 100_000; i++) {
            deep = new RuntimeException("x", deep);
        }
        assertThat(ErrorTable.ruleFor(deep)).isEqualTo(ErrorRule.UNKNOWN);
    }

    /** The names alone decide as the real throwables do, for every class of the JDK's. */
    @ParameterizedTest
    @MethodSource("single")
    void namesAndMessagesDecideAsTheThrowablesDo(Throwable failure, ErrorRule rule) {
        Throwable named = CauseChain.named(
                List.of(
                        "java.util.concurrent.CompletionException",
                        failure.getClass().getName()),
                java.util.Arrays.asList(null, failure.getMessage()),
                ErrorTableTest.class.getClassLoader());
        assertThat(ErrorTable.ruleFor(named)).isEqualTo(rule);
    }

    @Test
    void aClassThatIsNotHereCountsByItsExactName() {
        assertThat(byName("org.apache.hc.client5.http.HttpHostConnectException"))
                .isEqualTo(ErrorRule.CONNECT);
        assertThat(byName("okhttp3.internal.http2.StreamResetException")).isEqualTo(ErrorRule.RESET);
        assertThat(byName("com.example.MyConnectException")).isEqualTo(ErrorRule.UNKNOWN);
        assertThat(byName(OwnIo.class.getName())).isEqualTo(ErrorRule.IO);
    }

    @Test
    void whatIsNoThrowableOrNoNameHasNoRule() {
        for (String name : List.of(
                "",
                " ",
                "[I",
                "[Ljava.io.IOException;",
                "int",
                "java.lang.String",
                "a/b",
                "\u0000",
                "java.io.ioexception")) {
            assertThat(byName(name)).as(name).isEqualTo(ErrorRule.UNKNOWN);
        }
    }

    @Test
    void namesBeyondTheDepthAreIgnored() {
        List<String> names = new ArrayList<>(Collections.nCopies(64, "java.lang.RuntimeException"));
        names.add("java.net.ConnectException");
        assertThat(ErrorTable.ruleFor(
                        CauseChain.named(names, List.of(), getClass().getClassLoader())))
                .isEqualTo(ErrorRule.UNKNOWN);
    }

    /** The order in which a chain is built must not matter, nor may anything but a listed rule make it retryable. */
    @Property(tries = 300)
    void theChainsMostSevereMemberDecidesWhereverItStands(@ForAll("members") List<Integer> members) {
        List<Arguments> all = single().toList();
        ErrorRule expected = ErrorRule.UNKNOWN;
        boolean timedOut = false;
        List<String> names = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        for (int member : members) {
            Object[] each = all.get(member).get();
            ErrorRule rule = (ErrorRule) each[1];
            timedOut |= rule == ErrorRule.ATTEMPT_TIMEOUT;
            if (!(timedOut && rule.isInterruption())) {
                expected = expected.compareTo(rule) <= 0 ? expected : rule;
            }
            names.add(each[0].getClass().getName());
            messages.add(((Throwable) each[0]).getMessage());
        }
        assertThat(ErrorTable.ruleFor(
                        CauseChain.named(names, messages, getClass().getClassLoader())))
                .isEqualTo(expected);
    }

    @Provide
    Arbitrary<List<Integer>> members() {
        return Arbitraries.integers()
                .between(0, (int) single().count() - 1)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    @Test
    void onlyProofOfIdlenessIsCalledNeverSent() {
        for (ErrorRule rule : ErrorRule.values()) {
            if (rule.verdict.isRetryable()) {
                assertThat(rule.verdict.fate()).as(rule.name()).isIn(Fate.NEVER_SENT, Fate.SENT_NO_ANSWER);
            }
        }
    }

    private ErrorRule byName(String name) {
        return ErrorTable.ruleFor(
                CauseChain.named(List.of(name), List.of(), getClass().getClassLoader()));
    }

    private static Throwable chain(Throwable outer, Throwable cause) {
        return outer.initCause(cause);
    }

    private static Throwable suppressing(Throwable main, Throwable suppressed) {
        main.addSuppressed(suppressed);
        return main;
    }

    static final class OwnIo extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
