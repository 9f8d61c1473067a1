package io.levee.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.http.shared.ReplayQuota;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 8: a body is sent whole or the call ends; and no byte is kept for longer than it may be needed. */
class RecordedBodyTest {
    /** Asks for one item at a time and gives up after some. */
    private static final class Taker implements Flow.Subscriber<ByteBuffer> {
        private final StringBuilder got = new StringBuilder();
        private final int most;
        private int items;
        private boolean complete;
        private Throwable failure;
        private Flow.Subscription subscription;

        Taker(int most) {
            this.most = most;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            next();
        }

        private void next() {
            if (items < most) {
                subscription.request(1);
            } else {
                subscription.cancel();
            }
        }

        @Override
        public void onNext(ByteBuffer item) {
            items++;
            got.append(StandardCharsets.ISO_8859_1.decode(item));
            next();
        }

        @Override
        public void onError(Throwable thrown) {
            failure = thrown;
        }

        @Override
        public void onComplete() {
            complete = true;
        }
    }

    /** A publisher that fails its second subscriber, as one made of a stream does. */
    private static BodyPublisher once(List<String> parts) {
        BodyPublisher parted = BodyPublishers.ofByteArrays(parts.stream()
                .map(part -> part.getBytes(StandardCharsets.ISO_8859_1))
                .toList());
        AtomicInteger subscriptions = new AtomicInteger();
        return BodyPublishers.fromPublisher(subscriber -> {
            if (subscriptions.getAndIncrement() > 0) {
                throw new AssertionError("subscribed to twice");
            }
            parted.subscribe(subscriber);
        });
    }

    private static final String PART = "0123456789";

    @Property(tries = 300)
    void whateverAnAttemptLeftTheNextOneGetsTheWholeBody(
            @ForAll @IntRange(min = 1, max = 20) int parts,
            @ForAll @Size(max = 4) List<@IntRange(max = 20) Integer> brokenOffAfter) {
        ReplayQuota quota = new ReplayQuota(1000);
        List<String> body =
                IntStream.range(0, parts).mapToObj(i -> i + ":" + PART + ";").toList();
        String whole = String.join("", body);
        RequestBody recorded = RequestBody.of(once(body), quota, 1000);
        for (int items : brokenOffAfter) {
            Taker broken = new Taker(items);
            recorded.subscribe(broken);
            assertThat(whole).startsWith(broken.got.toString());
            assertThat(recorded.replayable()).isTrue();
        }
        Taker last = new Taker(Integer.MAX_VALUE);
        recorded.subscribe(last);
        assertThat(last.got.toString()).isEqualTo(whole);
        assertThat(last.complete).isTrue();
        assertThat(last.failure).isNull();
        assertThat(quota.used()).isEqualTo(whole.length());
        recorded.end();
        assertThat(quota.used()).isZero();
    }

    @Property(tries = 200)
    void beyondTheBoundTheFirstAttemptGetsItWholeAndNoOtherIsAllowed(
            @ForAll @IntRange(min = 1, max = 20) int parts, @ForAll @IntRange(max = 250) int bound) {
        ReplayQuota quota = new ReplayQuota(1000);
        String whole = PART.repeat(parts);
        RequestBody recorded = RequestBody.of(once(Collections.nCopies(parts, PART)), quota, bound);
        Taker taker = new Taker(Integer.MAX_VALUE);
        recorded.subscribe(taker);
        assertThat(taker.got.toString()).isEqualTo(whole);
        assertThat(taker.complete).isTrue();
        assertThat(recorded.replayable()).isEqualTo(whole.length() <= bound);
        assertThat(quota.used()).isLessThanOrEqualTo(bound);
        recorded.end();
        assertThat(quota.used()).isZero();
    }

    @Test
    void allCallsOfAClientShareItsBound() {
        ReplayQuota quota = new ReplayQuota(15);
        RequestBody first = RequestBody.of(once(List.of(PART)), quota, 1000);
        RequestBody second = RequestBody.of(once(List.of(PART)), quota, 1000);
        first.subscribe(new Taker(Integer.MAX_VALUE));
        second.subscribe(new Taker(Integer.MAX_VALUE));
        assertThat(first.replayable()).isTrue();
        assertThat(second.replayable()).isFalse();
        assertThat(quota.used()).isEqualTo(10);
        first.end();
        second.end();
        assertThat(quota.used()).isZero();
    }

    @Test
    void aPublisherThatFailsIsNotReplayed() {
        RequestBody recorded = RequestBody.of(
                BodyPublishers.fromPublisher(subscriber -> {
                    subscriber.onSubscribe(new Flow.Subscription() {
                        @Override
                        public void request(long n) {
                            subscriber.onError(new IllegalStateException("the source is gone"));
                        }

                        @Override
                        public void cancel() {}
                    });
                }),
                new ReplayQuota(1000),
                1000);
        Taker taker = new Taker(Integer.MAX_VALUE);
        recorded.subscribe(taker);
        assertThat(taker.failure).hasMessage("the source is gone");
        assertThat(recorded.replayable()).isFalse();
    }

    /** A server may answer before it has read the request to its end. */
    @Test
    void aBodyThatIsStillSentWhenTheCallEndsGoesOnToItsEnd() {
        ReplayQuota quota = new ReplayQuota(1000);
        RequestBody recorded = RequestBody.of(once(List.of(PART, PART, PART)), quota, 1000);
        ByHand reader = new ByHand();
        recorded.subscribe(reader);
        reader.subscription.request(1);
        recorded.end();
        assertThat(quota.used()).isZero();
        reader.subscription.request(5);
        assertThat(reader.got.toString()).isEqualTo(PART.repeat(3));
        assertThat(quota.used()).isZero();
    }

    private static final class ByHand implements Flow.Subscriber<ByteBuffer> {
        private final StringBuilder got = new StringBuilder();
        private Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(ByteBuffer item) {
            got.append(StandardCharsets.ISO_8859_1.decode(item));
        }

        @Override
        public void onError(Throwable thrown) {
            throw new AssertionError(thrown);
        }

        @Override
        public void onComplete() {}
    }

    /** The names of the JDK's classes are not its contract: this fails when they change, and then costs a copy only. */
    @Test
    void theJdksOwnRestartablePublishersAreKnownOnThisJdk(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("body"), PART);
        ReplayQuota quota = new ReplayQuota(1000);
        for (BodyPublisher known : List.of(
                BodyPublishers.ofString(PART),
                BodyPublishers.ofByteArray(PART.getBytes(StandardCharsets.ISO_8859_1)),
                BodyPublishers.noBody(),
                BodyPublishers.ofFile(file))) {
            assertThat(RequestBody.of(known, quota, 1000)).isInstanceOf(RequestBody.Restartable.class);
        }
        for (BodyPublisher unknown : List.of(
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[1])),
                BodyPublishers.ofByteArrays(List.of(new byte[1])),
                BodyPublishers.fromPublisher(BodyPublishers.ofString(PART)))) {
            assertThat(RequestBody.of(unknown, quota, 1000)).isInstanceOf(RecordedBody.class);
        }
    }
}
