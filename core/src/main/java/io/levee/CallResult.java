package io.levee;

/** What a call was for its caller, as an error budget counts it: the last attempt decides, and an answer is a success. */
public enum CallResult {
    /** It succeeded, or the downstream worked and its answer is an error that the request made (status 404). */
    GOOD,
    /** It failed, or was refused. */
    BAD,
    /** It failed, and the fallback answered. */
    DEGRADED,
    /** Its caller took it back: nothing can be said, and it counts for nothing. */
    WITHDRAWN
}
