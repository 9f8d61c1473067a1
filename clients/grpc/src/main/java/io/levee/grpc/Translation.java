package io.levee.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.levee.AttemptTimeoutException;
import io.levee.BulkheadFullException;
import io.levee.CallCancelledException;
import io.levee.DeadlineExceededException;
import io.levee.LeveeException;
import io.levee.NoPermitException;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What a call fails with, in gRPC's words, and an attempt's failure in the engine's. */
final class Translation {
    /** gRFC A6: what a server asks of the clients that retry. */
    static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    /** gRFC A6: how many attempts the server may have seen before this one. */
    static final Metadata.Key<String> PREVIOUS_ATTEMPTS =
            Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);

    private Translation() {}

    /** How a call ended, as its listener hears of it. */
    record Ending(Status status, Metadata trailers) {
        static Ending of(Status status) {
            return new Ending(status, new Metadata());
        }
    }

    /**
     * The ending that the engine's failure means. An attempt's own status keeps code, description and trailers; what
     * carries Levee's note, and the earlier attempts, becomes its cause.
     */
    static Ending ending(Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof StatusRuntimeException own) {
            Metadata trailers = own.getTrailers();
            return new Ending(own.getStatus().withCause(own), trailers == null ? new Metadata() : trailers);
        }
        if (failure instanceof AttemptTimeoutException || failure instanceof DeadlineExceededException) {
            return Ending.of(described(Status.DEADLINE_EXCEEDED, failure));
        }
        if (failure instanceof CallCancelledException) {
            return Ending.of(described(Status.CANCELLED, failure));
        }
        if (failure instanceof NoPermitException || failure instanceof BulkheadFullException) {
            return Ending.of(described(Status.RESOURCE_EXHAUSTED, failure));
        }
        if (failure instanceof LeveeException) {
            return Ending.of(described(Status.UNAVAILABLE, failure));
        }
        return Ending.of(Status.fromThrowable(failure));
    }

    private static Status described(Status status, Throwable failure) {
        return status.withDescription(failure.getMessage()).withCause(failure);
    }

    /** The status that an attempt ended with; null if it was not gRPC that ended it. */
    static @Nullable Status status(Throwable failure) {
        if (failure instanceof StatusRuntimeException own) {
            return own.getStatus();
        }
        return failure instanceof AttemptTimeoutException ? Status.DEADLINE_EXCEEDED : null;
    }

    /**
     * The code that a status stands for. Where gRPC-Java's transport meets a connection that has just been closed, it says
     * UNKNOWN with the I/O error as the cause, which no server can send; what it means is UNAVAILABLE.
     */
    static Status.Code code(Status status) {
        return status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof IOException
                ? Status.Code.UNAVAILABLE
                : status.getCode();
    }

    static @Nullable String pushback(Throwable failure) {
        Metadata trailers = failure instanceof StatusRuntimeException own ? own.getTrailers() : null;
        return trailers == null ? null : trailers.get(PUSHBACK);
    }
}
