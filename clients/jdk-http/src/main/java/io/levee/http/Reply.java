package io.levee.http;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The body of one attempt's response: already read by the caller's handler or, where another attempt may follow, not
 * yet. What a failed attempt was answered never reaches the caller's file, subscriber or consumer that way, and the
 * caller's handler is asked once, for the response that the caller gets.
 *
 * @param body what the caller's handler made of it; null while it waits
 * @param waiting the bytes, for one subscriber; null if they have been read
 * @param info what the handler has to be told when it is asked later
 * @param <T> what the caller's handler makes of a body
 */
record Reply<T extends @Nullable Object>(
        @Nullable T body, Flow.@Nullable Publisher<List<ByteBuffer>> waiting, ResponseInfo info) {

    /**
     * Subscribers of the JDK that keep what they get to themselves: if the response breaks off, nobody has seen the half,
     * and the next attempt's handler makes a fresh one. All others may write to a file, call a consumer or feed a
     * subscriber of the caller's; they get one response at most. Streams are not here since they end the attempt with the
     * head, and ofLines must not be: its class is the one of every mapped subscriber, whatever that writes to.
     */
    private static final List<Class<?>> PRIVATE_SUBSCRIBERS = Stream.<BodySubscriber<?>>of(
                    BodySubscribers.ofByteArray(),
                    BodySubscribers.ofString(StandardCharsets.UTF_8),
                    BodySubscribers.discarding(),
                    BodySubscribers.replacing(""))
            .<Class<?>>map(BodySubscriber::getClass)
            .distinct()
            .collect(Collectors.toUnmodifiableList());

    /**
     * The handler that an attempt gives to the wrapped client.
     *
     * @param handler the caller's
     * @param sending is told that an answer came
     * @param mayRetry tells of a status whether another attempt may follow
     * @param freshBodies whether the caller says that every body subscriber is good for a retry
     */
    static <T extends @Nullable Object> BodyHandler<Reply<T>> handler(
            BodyHandler<T> handler, Sending sending, IntPredicate mayRetry, boolean freshBodies) {
        return info -> {
            sending.answered(info.statusCode());
            if (mayRetry.test(info.statusCode())) {
                return BodySubscribers.mapping(
                        BodySubscribers.ofPublisher(), publisher -> new Reply<>(null, publisher, info));
            }
            BodySubscriber<T> subscriber = handler.apply(info);
            if (!freshBodies && !PRIVATE_SUBSCRIBERS.contains(subscriber.getClass())) {
                sending.delivered();
            }
            return BodySubscribers.mapping(subscriber, body -> new Reply<>(body, null, info));
        };
    }

    /** The handler for a pushed response: no attempt of its own, so it is read as it comes. */
    static <T extends @Nullable Object> BodyHandler<Reply<T>> pushed(BodyHandler<T> handler) {
        return info -> BodySubscribers.mapping(handler.apply(info), body -> new Reply<>(body, null, info));
    }
}
