package io.levee.http.contract;

import io.levee.Levee;

/** How the clients of one library are made. */
public interface TestClients {
    /** The client alone, as a user of it would make it. */
    TestClient alone(ClientSpec spec);

    /** The client under a Levee. */
    TestClient guarded(ClientSpec spec, Levee levee, Extras extras);

    default TestClient guarded(ClientSpec spec, Levee levee) {
        return guarded(spec, levee, Extras.NONE);
    }

    /** Whether the client can speak HTTP/2. */
    default boolean speaksHttp2() {
        return true;
    }

    /** Options that every adapter has. */
    record Extras(boolean keys, long maxReplayBytesPerCall) {
        public static final Extras NONE = new Extras(false, 1 << 20);
        public static final Extras KEYS = new Extras(true, 1 << 20);
    }
}
