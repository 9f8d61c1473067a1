package io.levee;

/**
 * gRPC's status codes, by their names and numbers (grpc/doc/statuscodes.md), so that a core without dependencies can
 * judge them. docs/classification.md shows what is made of each.
 */
public enum GrpcStatus {
    /** 0: the call succeeded. */
    OK,
    /** 1: the call was cancelled, as a rule by the caller. */
    CANCELLED,
    /** 2: an error of no kind that gRPC knows. */
    UNKNOWN,
    /** 3: the request is wrong whatever the state of the server. */
    INVALID_ARGUMENT,
    /** 4: the time ran out. */
    DEADLINE_EXCEEDED,
    /** 5: what was asked for is not there. */
    NOT_FOUND,
    /** 6: what was to be made is there already. */
    ALREADY_EXISTS,
    /** 7: the caller may not do this. */
    PERMISSION_DENIED,
    /** 8: a quota or a resource is used up. */
    RESOURCE_EXHAUSTED,
    /** 9: the server is not in the state that the request needs. */
    FAILED_PRECONDITION,
    /** 10: aborted, as a rule by a conflict: to be tried again from a higher level, if at all. */
    ABORTED,
    /** 11: past the valid range. */
    OUT_OF_RANGE,
    /** 12: the server cannot do this. */
    UNIMPLEMENTED,
    /** 13: something that must hold did not. */
    INTERNAL,
    /** 14: the service is not available at the moment. */
    UNAVAILABLE,
    /** 15: data is lost for good. */
    DATA_LOSS,
    /** 16: the caller did not say, or not prove, who it is. */
    UNAUTHENTICATED;

    private static final GrpcStatus[] ALL = values();

    /**
     * The status of a number.
     *
     * @param code the number on the wire
     * @return the status; {@link #UNKNOWN} for a number that gRPC does not define, as gRPC's own libraries read it
     */
    public static GrpcStatus of(int code) {
        return code >= 0 && code < ALL.length ? ALL[code] : UNKNOWN;
    }

    /**
     * The number on the wire.
     *
     * @return 0 to 16
     */
    @SuppressWarnings("EnumOrdinal") // gRPC numbers its codes from 0 without a gap, and never again
    public int code() {
        return ordinal();
    }
}
