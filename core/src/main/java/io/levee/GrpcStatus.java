package io.levee;

/**
 * gRPC's status codes, by their names and numbers (grpc/doc/statuscodes.md), so that a core without dependencies can
 * judge them. docs/classification.md shows what is made of each.
 */
public enum GrpcStatus {
    /** 0: the call succeeded. */
    OK(0),
    /** 1: the call was cancelled, as a rule by the caller. */
    CANCELLED(1),
    /** 2: an error of no kind that gRPC knows. */
    UNKNOWN(2),
    /** 3: the request is wrong whatever the state of the server. */
    INVALID_ARGUMENT(3),
    /** 4: the time ran out. */
    DEADLINE_EXCEEDED(4),
    /** 5: what was asked for is not there. */
    NOT_FOUND(5),
    /** 6: what was to be made is there already. */
    ALREADY_EXISTS(6),
    /** 7: the caller may not do this. */
    PERMISSION_DENIED(7),
    /** 8: a quota or a resource is used up. */
    RESOURCE_EXHAUSTED(8),
    /** 9: the server is not in the state that the request needs. */
    FAILED_PRECONDITION(9),
    /** 10: aborted, as a rule by a conflict: to be tried again from a higher level, if at all. */
    ABORTED(10),
    /** 11: past the valid range. */
    OUT_OF_RANGE(11),
    /** 12: the server cannot do this. */
    UNIMPLEMENTED(12),
    /** 13: something that must hold did not. */
    INTERNAL(13),
    /** 14: the service is not available at the moment. */
    UNAVAILABLE(14),
    /** 15: data is lost for good. */
    DATA_LOSS(15),
    /** 16: the caller did not say, or not prove, who it is. */
    UNAUTHENTICATED(16);

    private static final GrpcStatus[] ALL = values();

    private final int code;

    GrpcStatus(int code) {
        this.code = code;
    }

    /**
     * The status of a number.
     *
     * @param code the number on the wire
     * @return the status; {@link #UNKNOWN} for a number that gRPC does not define, as gRPC's own libraries read it
     */
    public static GrpcStatus of(int code) {
        for (GrpcStatus status : ALL) {
            if (status.code == code) {
                return status;
            }
        }
        return UNKNOWN;
    }

    /**
     * The number on the wire.
     *
     * @return 0 to 16
     */
    public int code() {
        return code;
    }
}
