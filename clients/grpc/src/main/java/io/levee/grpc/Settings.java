package io.levee.grpc;

import io.grpc.MethodDescriptor;
import io.levee.Levee;
import io.levee.http.shared.ReplayQuota;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What all calls of one interceptor share. Immutable but for the quota and the count of stood-down retries.
 *
 * @param levee the engine
 * @param deadlineNanos the engine's deadline of a call; {@link Long#MAX_VALUE} for none
 * @param maxReplayBytesPerCall the most bytes of one call's messages kept for replay
 * @param quota the bytes that all calls may keep together
 * @param idempotent the methods that may reach the server twice
 * @param executor runs callbacks that no attempt's thread can run, of calls without an executor of their own
 * @param channelRetries what is known of retries of the channel's own
 */
record Settings(
        Levee levee,
        long deadlineNanos,
        long maxReplayBytesPerCall,
        ReplayQuota quota,
        @Nullable Predicate<? super MethodDescriptor<?, ?>> idempotent,
        Executor executor,
        ChannelRetries channelRetries) {}
