package io.levee.grpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.levee.Breaker;
import io.levee.Bulkhead;
import io.levee.CallTarget;
import io.levee.CallView;
import io.levee.Classifier;
import io.levee.Decision;
import io.levee.Fate;
import io.levee.GrpcStatus;
import io.levee.Levee;
import io.levee.LeveeEvent;
import io.levee.RetryPolicy;
import io.levee.Scope;
import io.levee.StopReason;
import io.levee.TelemetrySink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeveeClientInterceptorTest {
    private static final MethodDescriptor<String, String> UNARY = Texts.method(MethodType.UNARY, true);
    private static final MethodDescriptor<String, String> CLIENT_STREAM =
            Texts.method(MethodType.CLIENT_STREAMING, true);
    private static final MethodDescriptor<String, String> SERVER_STREAM =
            Texts.method(MethodType.SERVER_STREAMING, true);
    private static final MethodDescriptor<String, String> BIDI = Texts.method(MethodType.BIDI_STREAMING, true);
    private static final TextServer.Answer UNAVAILABLE = TextServer.failing(Status.UNAVAILABLE);

    /** A server, a channel, a Levee and the guarded channel, closed together. */
    private static final class Rig implements AutoCloseable {
        final TextServer server;
        final Client client;
        final Levee levee;
        final LeveeClientInterceptor interceptor;
        final Channel channel;
        final List<LeveeEvent> events = new CopyOnWriteArrayList<>();

        Rig(UnaryOperator<Levee.Builder> settings, TextServer.Answer... answers) throws Exception {
            this(settings, UnaryOperator.identity(), List.of(answers));
        }

        Rig(
                UnaryOperator<Levee.Builder> settings,
                UnaryOperator<LeveeClientInterceptor.Builder> adapter,
                List<TextServer.Answer> answers)
                throws Exception {
            server = new TextServer(answers.toArray(TextServer.Answer[]::new));
            client = new Client(server.port());
            levee = settings.apply(Levee.named("texts").noRetryBudget().listener(events::add))
                    .build();
            interceptor = adapter.apply(LeveeClientInterceptor.builder(levee)).build();
            channel = ClientInterceptors.intercept(client.channel(), interceptor);
        }

        @Override
        public void close() {
            levee.close();
            client.close();
            server.close();
        }

        Client.Heard call(MethodDescriptor<String, String> method, String... messages) {
            return Client.call(channel, method, CallOptions.DEFAULT, messages);
        }
    }

    private static UnaryOperator<Levee.Builder> attempts(int total) {
        return builder -> builder.retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(total));
    }

    /** A wait that no test lives to see the end of. */
    private static UnaryOperator<Levee.Builder> endlessBackoff() {
        return builder -> builder.noDeadline()
                .retry(RetryPolicy.fixed(Duration.ofHours(1)).attempts(3));
    }

    // --- retry
    // --------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(
            value = MethodType.class,
            names = {"UNARY", "CLIENT_STREAMING", "SERVER_STREAMING", "BIDI_STREAMING"})
    void everyKindOfCallIsRetriedUntilItSucceeds(MethodType type) throws Exception {
        boolean manyIn = !type.clientSendsOneMessage();
        String[] sent = manyIn ? new String[] {"one", "two", "three"} : new String[] {"one"};
        String[] answered = type.serverSendsOneMessage() ? new String[] {"hello"} : new String[] {"hello", "again"};
        try (Rig rig = new Rig(attempts(3), UNAVAILABLE, UNAVAILABLE, TextServer.ok(answered))) {
            Client.Heard heard = rig.call(Texts.method(type, true), sent);
            assertThat(heard.status.getCode()).isEqualTo(Status.Code.OK);
            assertThat(heard.messages).containsExactly(answered);
            assertThat(heard.events.stream().filter(event -> !event.equals("ready")))
                    .startsWith("headers")
                    .endsWith("close")
                    .hasSize(answered.length + 2);
            assertThat(heard.concurrent).isFalse();
            assertThat(rig.server.previousAttempts()).containsExactly(null, "1", "2");
            assertThat(rig.server.seen()).allMatch(request -> request.messages.equals(List.of(sent)));
            assertThat(rig.interceptor.replayBytesInUse()).isZero();
        }
    }

    @Test
    void eachAttemptCarriesItsOwnPlaceInTheTraceAndTelemetryKnowsWhereTheCallGoes() throws Exception {
        List<String> targets = new CopyOnWriteArrayList<>();
        TelemetrySink tracer = new TelemetrySink() {
            @Override
            public Object callStarted(CallView call) {
                CallTarget to = call.call().target();
                targets.add(to.protocol() + ' ' + to.method() + ' ' + to.address() + ' ' + to.port());
                return new AtomicInteger(-1);
            }

            @Override
            public void attemptStarted(CallView call, Object state) {
                ((AtomicInteger) state).set(call.attempt());
            }

            @Override
            public void inject(Object state, int attempt, BiConsumer<String, String> header) {
                header.accept("traceparent", "attempt-" + state);
            }
        };
        UnaryOperator<Levee.Builder> traced =
                builder -> attempts(2).apply(builder).telemetry(any -> tracer);
        try (Rig rig = new Rig(traced, UNAVAILABLE, TextServer.ok("hello"))) {
            rig.call(UNARY, "one");
            Metadata.Key<String> key = Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
            assertThat(rig.server.seen())
                    .extracting(request -> request.headers.get(key))
                    .containsExactly("attempt-0", "attempt-1");
            assertThat(targets)
                    .containsExactly("grpc " + UNARY.getFullMethodName() + " 127.0.0.1 " + rig.server.port());
        }
    }

    @Test
    void whatIsNotSaidToBeIdempotentIsNotRepeated() throws Exception {
        try (Rig rig = new Rig(attempts(3), TextServer.failing(Status.UNAVAILABLE.withDescription("down")))) {
            Client.Heard heard = rig.call(Texts.method(MethodType.UNARY), "hi");
            assertThat(heard.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(heard.status.getDescription()).isEqualTo("down");
            Decision decision = Decision.of(heard.status.asRuntimeException());
            assertThat(decision.stop()).isEqualTo(StopReason.NOT_IDEMPOTENT);
            assertThat(decision.fate()).isEqualTo(Fate.ANSWERED);
            assertThat(rig.server.seen()).hasSize(1);
        }
    }

    @Test
    void theCallTheInterceptorAndTheMethodSayWhatIsIdempotent() throws Exception {
        MethodDescriptor<String, String> plain = Texts.method(MethodType.UNARY);
        try (Rig rig = new Rig(attempts(2), UNAVAILABLE)) {
            Client.call(
                    rig.channel, plain, CallOptions.DEFAULT.withOption(LeveeClientInterceptor.IDEMPOTENT, true), "");
            assertThat(rig.server.seen()).hasSize(2);
            Client.call(
                    rig.channel, UNARY, CallOptions.DEFAULT.withOption(LeveeClientInterceptor.IDEMPOTENT, false), "");
            assertThat(rig.server.seen()).hasSize(3);
            rig.call(plain.toBuilder().setSafe(true).build(), "");
            assertThat(rig.server.seen()).hasSize(5);
        }
        try (Rig rig = new Rig(
                attempts(2),
                builder -> builder.idempotent(method -> "UNARY".equals(method.getBareMethodName())),
                List.of(UNAVAILABLE))) {
            rig.call(plain, "hi");
            assertThat(rig.server.seen()).hasSize(2);
            rig.call(Texts.method(MethodType.SERVER_STREAMING), "hi");
            assertThat(rig.server.seen()).hasSize(3);
        }
    }

    @Test
    void theUsersRulesAddAndTakeAwayCodes() throws Exception {
        Classifier mine =
                Classifier.standard().retryGrpcStatus(GrpcStatus.ABORTED).finalGrpcStatus(GrpcStatus.UNAVAILABLE);
        try (Rig rig = new Rig(
                builder -> attempts(3).apply(builder).classifier(mine),
                TextServer.failing(Status.ABORTED),
                TextServer.failing(Status.ABORTED),
                UNAVAILABLE)) {
            Client.Heard heard = rig.call(UNARY, "hi");
            assertThat(Decision.of(heard.status.asException()).rule()).isEqualTo("user:grpc-unavailable");
            assertThat(rig.server.seen()).hasSize(3);
        }
    }

    @Test
    void thePushbackTakesThePlaceOfThePolicysWait() throws Exception {
        try (Rig rig = new Rig(
                builder -> builder.retry(RetryPolicy.fixed(Duration.ofMillis(5)).attempts(4)),
                request -> request.fail(Status.UNAVAILABLE, "30"),
                request -> request.fail(Status.RESOURCE_EXHAUSTED, "0"),
                request -> request.fail(Status.UNAVAILABLE, "-1"))) {
            Client.Heard heard = rig.call(UNARY, "hi");
            assertThat(Decision.of(heard.status.asException()).rule()).isEqualTo("pushback");
            await().until(() -> rig.events.stream().anyMatch(LeveeEvent.CallEnded.class::isInstance));
            assertThat(rig.events.stream()
                            .filter(LeveeEvent.RetryScheduled.class::isInstance)
                            .map(event -> ((LeveeEvent.RetryScheduled) event)
                                    .decision()
                                    .backoffNanos()))
                    .containsExactly(30_000_000L, 0L);
        }
    }

    @Test
    void aCallIsNamedByItsMethod() throws Exception {
        try (Rig rig = new Rig(attempts(1), UNAVAILABLE)) {
            Client.Heard heard = rig.call(UNARY, "hi");
            assertThat(Decision.of(heard.status.asException()).operation()).isEqualTo("levee.test.Texts/UNARY");
        }
    }

    // --- time
    // ---------------------------------------------------------------------------------------------------------

    @Test
    void eachAttemptTellsTheServerTheTimeThatIsLeft() throws Exception {
        try (Rig rig = new Rig(
                builder -> builder.deadline(Duration.ofSeconds(20))
                        .attemptTimeout(Duration.ofSeconds(15))
                        .retry(RetryPolicy.fixed(Duration.ofMillis(20)).attempts(3)),
                UNAVAILABLE)) {
            Client.call(rig.channel, UNARY, CallOptions.DEFAULT.withDeadlineAfter(10, SECONDS), "hi");
            List<Long> left =
                    rig.server.seen().stream().map(request -> request.leftNanos).toList();
            assertThat(left).hasSize(3).allMatch(nanos -> nanos <= SECONDS.toNanos(10));
            assertThat(left.get(1)).isLessThan(left.get(0));
            assertThat(left.get(2)).isLessThan(left.get(1));
        }
    }

    @Test
    void theShortestOfAllDeadlinesHolds() throws Exception {
        try (Rig rig = new Rig(
                builder -> builder.deadline(Duration.ofSeconds(20)).attemptTimeout(Duration.ofSeconds(6)),
                TextServer.ok("hello"))) {
            rig.call(UNARY, "the attempt's");
            rig.call(SERVER_STREAM, "the Levee's");
            try (Scope scope = Scope.open(Duration.ofSeconds(5))) {
                rig.call(UNARY, "the scope's");
                rig.call(BIDI, "the scope's");
            }
            ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
            try (Context.CancellableContext context = Context.current().withDeadlineAfter(4, SECONDS, timer)) {
                context.run(() -> rig.call(UNARY, "the context's"));
            } finally {
                timer.shutdownNow();
            }
            Client.call(rig.channel, CLIENT_STREAM, CallOptions.DEFAULT.withDeadlineAfter(3, SECONDS), "the call's");
            long[] most = {6, 20, 5, 5, 4, 3};
            for (int i = 0; i < most.length; i++) {
                assertThat(rig.server.seen().get(i).leftNanos)
                        .as("request %d", i)
                        .isBetween(SECONDS.toNanos(most[i] - 1), SECONDS.toNanos(most[i]));
            }
        }
    }

    @Test
    void theDeadlineEndsACallThatWouldWaitPastIt() throws Exception {
        try (Rig rig = new Rig(
                builder ->
                        builder.retry(RetryPolicy.fixed(Duration.ofMinutes(1)).attempts(3)),
                UNAVAILABLE)) {
            Client.Heard heard =
                    Client.call(rig.channel, UNARY, CallOptions.DEFAULT.withDeadlineAfter(20, SECONDS), "hi");
            assertThat(heard.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(Decision.of(heard.status.asException()).stop()).isEqualTo(StopReason.DEADLINE);
        }
    }

    @Test
    void anAttemptTimeoutDoesNotEndAStreamThatHasBegun() throws Exception {
        try (Rig rig = new Rig(
                builder -> builder.attemptTimeout(Duration.ofMillis(200)),
                TextServer.early(TextServer.Request::head))) {
            Client.Heard heard = Client.start(rig.channel, SERVER_STREAM, CallOptions.DEFAULT, "hi");
            await().until(() -> heard.events.contains("headers"));
            // Past the attempt's time: another call with the same timeout has run out of it.
            Client.Heard other = rig.call(UNARY, "hi");
            assertThat(other.status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(heard.isClosed()).isFalse();
            rig.server.seen().get(0).send("late");
            rig.server.seen().get(0).succeed();
            assertThat(heard.await().messages).containsExactly("late");
            assertThat(heard.status.isOk()).isTrue();
        }
    }

    // --- streams that have begun
    // --------------------------------------------------------------------------------------

    @Test
    void aStreamThatBreaksOffCountsAgainstTheDownstreamAndIsNotRepeated() throws Exception {
        try (Rig rig = new Rig(
                builder -> attempts(3).apply(builder).breaker(Breaker.consecutiveFailures(1)),
                TextServer.early(TextServer.Request::head))) {
            Client.Heard heard = Client.start(rig.channel, SERVER_STREAM, CallOptions.DEFAULT, "hi");
            await().until(() -> heard.events.contains("headers"));
            TextServer.Request stream = rig.server.seen().get(0);
            stream.send("1");
            stream.fail(Status.UNAVAILABLE.withDescription("going down"), "0");
            assertThat(heard.await().messages).containsExactly("1");
            assertThat(heard.status.getDescription()).isEqualTo("going down");
            Decision decision = Decision.of(heard.status.asException());
            assertThat(decision.stop()).isEqualTo(StopReason.COMMITTED);
            assertThat(decision.fate()).isEqualTo(Fate.ANSWERED);
            assertThat(rig.server.seen()).hasSize(1);
            assertThat(rig.levee.breaker().state()).isEqualTo(Breaker.State.OPEN);
            await().until(() -> rig.events.stream().anyMatch(LeveeEvent.CallEnded.class::isInstance));
        }
    }

    @Test
    void aStreamCountsAsInFlightUntilItsEnd() throws Exception {
        try (Rig rig = new Rig(
                builder -> attempts(1).apply(builder).bulkhead(Bulkhead.inFlight(1)),
                TextServer.early(TextServer.Request::head))) {
            Client.Heard heard = Client.start(rig.channel, SERVER_STREAM, CallOptions.DEFAULT, "hi");
            await().until(() -> heard.events.contains("headers"));
            assertThat(rig.levee.state().inFlight()).isEqualTo(1);
            assertThat(rig.call(UNARY, "hi").status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            rig.server.seen().get(0).succeed();
            assertThat(heard.await().status.isOk()).isTrue();
            assertThat(rig.levee.state().inFlight()).isZero();
        }
    }

    @Test
    void closingTheLeveeEndsAStream() throws Exception {
        try (Rig rig = new Rig(attempts(3), TextServer.early(TextServer.Request::head))) {
            Client.Heard heard = Client.start(rig.channel, BIDI, CallOptions.DEFAULT, "hi");
            await().until(() -> heard.events.contains("headers"));
            rig.levee.close();
            assertThat(heard.await().status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            await().until(() -> rig.server.seen().get(0).cancelled);
        }
    }

    // --- cancellation
    // -------------------------------------------------------------------------------------------------

    private interface Canceller {
        void cancel(Client.Heard heard, Context.CancellableContext context, Scope scope);
    }

    private enum Way {
        CALL((heard, context, scope) -> heard.call.cancel("enough", null)),
        CONTEXT((heard, context, scope) -> context.cancel(null)),
        SCOPE((heard, context, scope) -> scope.cancel());

        private final Canceller canceller;

        Way(Canceller canceller) {
            this.canceller = canceller;
        }
    }

    private void cancelled(Way way, Rig rig, MethodDescriptor<String, String> method, Consumer<Client.Heard> until) {
        try (Context.CancellableContext context = Context.current().withCancellation();
                Scope scope = Scope.open()) {
            Context before = context.attach();
            Client.Heard heard;
            try {
                heard = Client.start(rig.channel, method, CallOptions.DEFAULT, "hi");
            } finally {
                context.detach(before);
            }
            until.accept(heard);
            way.canceller.cancel(heard, context, scope);
            heard.await();
            assertThat(heard.status.getCode()).isEqualTo(Status.Code.CANCELLED);
            assertThat(heard.events).endsWith("close");
            if (way == Way.CALL) {
                assertThat(heard.status.getDescription()).isEqualTo("enough");
            }
        }
        await().untilAsserted(() -> assertThat(rig.levee.state().pending()).isZero());
        assertThat(rig.server.seen()).hasSize(1);
        assertThat(rig.interceptor.replayBytesInUse()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void cancellingEndsTheBackoff(Way way) throws Exception {
        try (Rig rig = new Rig(endlessBackoff(), UNAVAILABLE)) {
            cancelled(
                    way,
                    rig,
                    UNARY,
                    heard -> await().until(
                                    () -> rig.events.stream().anyMatch(LeveeEvent.RetryScheduled.class::isInstance)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancellingReachesTheAttemptAtTheServer(Way way) throws Exception {
        for (MethodDescriptor<String, String> method : List.of(UNARY, CLIENT_STREAM, SERVER_STREAM, BIDI)) {
            try (Rig rig = new Rig(attempts(3), TextServer.silent())) {
                cancelled(
                        way,
                        rig,
                        method,
                        heard -> await().until(() -> rig.server.seen().size() == 1
                                && rig.server.seen().get(0).halfClosed));
                await().until(() -> rig.server.seen().get(0).cancelled);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancellingReachesAStreamThatHasBegun(Way way) throws Exception {
        try (Rig rig = new Rig(attempts(3), TextServer.early(TextServer.Request::head))) {
            cancelled(way, rig, BIDI, heard -> await().until(() -> heard.events.contains("headers")));
            await().until(() -> rig.server.seen().get(0).cancelled);
        }
    }

    @Test
    void theDeadlineOfTheScopeEndsAStreamThatHasBegun() throws Exception {
        try (Rig rig = new Rig(attempts(3), TextServer.early(TextServer.Request::head));
                Scope scope = Scope.open(Duration.ofSeconds(2))) {
            Client.Heard heard = rig.call(SERVER_STREAM, "hi");
            assertThat(heard.status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(heard.events).contains("headers");
        }
    }

    // --- flow control and order
    // ---------------------------------------------------------------------------------------

    @Test
    void messagesComeOnlyAsTheyAreAskedFor() throws Exception {
        try (Rig rig = new Rig(attempts(3), UNAVAILABLE, TextServer.ok("1", "2", "3"))) {
            ClientCall<String, String> call = rig.channel.newCall(SERVER_STREAM, CallOptions.DEFAULT);
            Client.Heard heard = new Client.Heard(call);
            call.start(heard, new Metadata());
            call.request(1);
            call.sendMessage("hi");
            call.halfClose();
            await().until(() -> heard.messages.size() == 1);
            assertThat(heard.isClosed()).isFalse();
            call.request(1);
            await().until(() -> heard.messages.size() == 2);
            assertThat(heard.isClosed()).isFalse();
            call.request(2);
            assertThat(heard.await().messages).containsExactly("1", "2", "3");
        }
    }

    @Test
    void whatIsSentBetweenAttemptsGoesWithTheNext() throws Exception {
        try (Rig rig = new Rig(
                endlessBackoff(),
                TextServer.early(request -> request.fail(Status.UNAVAILABLE, "200")),
                TextServer.ok("hello"))) {
            ClientCall<String, String> call = rig.channel.newCall(CLIENT_STREAM, CallOptions.DEFAULT);
            Client.Heard heard = new Client.Heard(call);
            call.start(heard, new Metadata());
            call.request(2);
            call.sendMessage("before");
            await().until(() -> rig.events.stream().anyMatch(LeveeEvent.RetryScheduled.class::isInstance));
            // The event may be there before the attempt's call has been left.
            await().until(() -> !call.isReady());
            call.cancel("an hour is too long", null);
            heard.await();
        }
        try (Rig rig = new Rig(
                builder ->
                        builder.retry(RetryPolicy.fixed(Duration.ofMillis(300)).attempts(2)),
                TextServer.early(UNAVAILABLE),
                TextServer.ok("hello"))) {
            ClientCall<String, String> call = rig.channel.newCall(CLIENT_STREAM, CallOptions.DEFAULT);
            Client.Heard heard = new Client.Heard(call);
            call.start(heard, new Metadata());
            call.request(2);
            call.sendMessage("before");
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> rig.events.stream().anyMatch(LeveeEvent.RetryScheduled.class::isInstance));
            call.sendMessage("between");
            call.halfClose();
            assertThat(heard.await().messages).containsExactly("hello");
            assertThat(rig.server.seen().get(1).messages).containsExactly("before", "between");
        }
    }

    /** A sender that minds isReady gets through, however often the readiness moves to another attempt. */
    @Test
    void aSenderThatWaitsForReadinessIsNeverStuck() throws Exception {
        String chunk = "x".repeat(32 << 10);
        int chunks = 200;
        try (Rig rig = new Rig(
                attempts(3),
                builder -> builder.maxReplayBytesPerCall(64L << 20),
                List.of(TextServer.early(UNAVAILABLE), TextServer.ok("hello")))) {
            ClientCall<String, String> call = rig.channel.newCall(BIDI, CallOptions.DEFAULT);
            Client.Heard heard = new Client.Heard(call) {
                private int sent;

                @Override
                public void onReady() {
                    super.onReady();
                    while (sent < chunks && call.isReady()) {
                        call.sendMessage(chunk);
                        if (++sent == chunks) {
                            call.halfClose();
                        }
                    }
                }
            };
            call.start(heard, new Metadata());
            call.request(10);
            assertThat(heard.await().status.getCode()).isEqualTo(Status.Code.OK);
            assertThat(rig.server.seen().get(rig.server.seen().size() - 1).messages)
                    .hasSize(chunks);
            assertThat(heard.concurrent).isFalse();
        }
    }

    @Test
    void beyondTheBoundACallIsSentAndNotRetried() throws Exception {
        String kibibyte = "x".repeat(1 << 10);
        try (Rig rig = new Rig(attempts(3), builder -> builder.maxReplayBytesPerCall(2500), List.of(UNAVAILABLE))) {
            Client.Heard fits = rig.call(CLIENT_STREAM, kibibyte, kibibyte);
            assertThat(Decision.of(fits.status.asException()).stop()).isEqualTo(StopReason.ATTEMPTS);
            Client.Heard tooLong = rig.call(CLIENT_STREAM, kibibyte, kibibyte, kibibyte);
            assertThat(Decision.of(tooLong.status.asException()).stop()).isEqualTo(StopReason.BODY_NOT_REPLAYABLE);
            assertThat(rig.server.seen()).hasSize(4);
            assertThat(rig.server.seen().get(3).messages).hasSize(3);
            assertThat(rig.interceptor.replayBytesInUse()).isZero();
        }
        try (Rig rig = new Rig(attempts(3), builder -> builder.maxReplayBytesPerClient(1500), List.of(UNAVAILABLE))) {
            Client.Heard tooLong = rig.call(CLIENT_STREAM, kibibyte, kibibyte);
            assertThat(Decision.of(tooLong.status.asException()).stop()).isEqualTo(StopReason.BODY_NOT_REPLAYABLE);
            assertThat(rig.interceptor.replayBytesInUse()).isZero();
        }
    }

    /** Many calls at once on faults of all kinds: each hears a tidy sequence and one end, and nothing is left behind. */
    @Test
    void whateverHappensTheListenerHearsOneTidyCall() throws Exception {
        TextServer.Answer[] mixed = new TextServer.Answer[400];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = switch (i % 7) {
                case 0 -> UNAVAILABLE;
                case 1 -> TextServer.early(UNAVAILABLE);
                case 2 ->
                    request -> {
                        request.head();
                        request.fail(Status.UNAVAILABLE);
                    };
                case 3 -> TextServer.silent();
                case 4 -> request -> request.fail(Status.RESOURCE_EXHAUSTED, "0");
                default -> TextServer.ok("hello");
            };
        }
        try (Rig rig = new Rig(builder -> attempts(4).apply(builder).attemptTimeout(Duration.ofMillis(100)), mixed)) {
            List<Client.Heard> all = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                MethodDescriptor<String, String> method =
                        List.of(UNARY, CLIENT_STREAM, SERVER_STREAM, BIDI).get(i % 4);
                Client.Heard heard = Client.start(rig.channel, method, CallOptions.DEFAULT, "hi");
                all.add(heard);
                if (i % 11 == 0) {
                    heard.call.cancel("never mind", null);
                }
            }
            for (Client.Heard heard : all) {
                List<String> events = new ArrayList<>(heard.await().events);
                events.removeIf("ready"::equals);
                assertThat(heard.concurrent).isFalse();
                assertThat(String.join(" ", events)).matches("(headers )?(message )*close");
                assertThat(events.contains("headers") || !events.contains("message"))
                        .isTrue();
            }
            await().untilAsserted(() -> assertThat(rig.levee.state().pending()).isZero());
            assertThat(rig.interceptor.replayBytesInUse()).isZero();
        }
    }

    @Test
    void aListenerThatThrowsEndsTheCall() throws Exception {
        try (Rig rig = new Rig(attempts(3), TextServer.ok("1", "2"))) {
            ClientCall<String, String> call = rig.channel.newCall(SERVER_STREAM, CallOptions.DEFAULT);
            Client.Heard heard = new Client.Heard(call) {
                @Override
                public void onMessage(String message) {
                    super.onMessage(message);
                    throw new IllegalStateException("I cannot read this");
                }
            };
            call.start(heard, new Metadata());
            call.request(5);
            call.sendMessage("hi");
            call.halfClose();
            assertThat(heard.await().status.getCode()).isEqualTo(Status.Code.CANCELLED);
            assertThat(heard.status.getCause()).hasMessage("I cannot read this");
            assertThat(heard.messages).hasSize(1);
        }
    }

    // --- stubs
    // --------------------------------------------------------------------------------------------------------

    /** A blocking stub waits on an executor of its own that only the call's callbacks wake. */
    @Test
    void blockingStubsWork() throws Exception {
        try (Rig rig = new Rig(attempts(3), UNAVAILABLE, TextServer.ok("hello"))) {
            assertThat(ClientCalls.blockingUnaryCall(rig.channel, UNARY, CallOptions.DEFAULT, "hi"))
                    .isEqualTo("hello");
            assertThat(rig.server.seen()).hasSize(2);
        }
        try (Rig rig = new Rig(attempts(3), UNAVAILABLE, TextServer.ok("1", "2", "3"))) {
            Iterator<String> answers =
                    ClientCalls.blockingServerStreamingCall(rig.channel, SERVER_STREAM, CallOptions.DEFAULT, "hi");
            List<String> got = new ArrayList<>();
            answers.forEachRemaining(got::add);
            assertThat(got).containsExactly("1", "2", "3");
        }
    }

    @Test
    void aBlockingStubHearsOfARefusal() throws Exception {
        try (Rig rig =
                new Rig(builder -> attempts(1).apply(builder).breaker(Breaker.consecutiveFailures(1)), UNAVAILABLE)) {
            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(rig.channel, UNARY, CallOptions.DEFAULT, "hi"))
                    .isInstanceOf(StatusRuntimeException.class);
            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(rig.channel, UNARY, CallOptions.DEFAULT, "hi"))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
                        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                        assertThat(Decision.of(refused).stop()).isEqualTo(StopReason.BREAKER_OPEN);
                    });
            assertThat(rig.server.seen()).hasSize(1);
        }
    }

    @Test
    void aCallThatWasCancelledOrHalfClosedTakesNoMoreMessages() throws Exception {
        try (Rig rig = new Rig(attempts(1), TextServer.silent())) {
            ClientCall<String, String> call = rig.channel.newCall(BIDI, CallOptions.DEFAULT);
            assertThatThrownBy(() -> call.sendMessage("early")).isInstanceOf(IllegalStateException.class);
            Client.Heard heard = new Client.Heard(call);
            call.start(heard, new Metadata());
            assertThatThrownBy(() -> call.start(heard, new Metadata())).isInstanceOf(IllegalStateException.class);
            call.halfClose();
            assertThatThrownBy(() -> call.sendMessage("late")).isInstanceOf(IllegalStateException.class);
            call.cancel("done", null);
            assertThatThrownBy(call::halfClose).isInstanceOf(IllegalStateException.class);
            heard.await();
        }
    }
}
