package io.levee.grpc;

import io.levee.CallTarget;
import org.jspecify.annotations.Nullable;

/**
 * Where a call goes, as telemetry shows it.
 *
 * @param method the full name of the method
 * @param authority the channel's: host, and mostly a port
 */
record GrpcTarget(String method, @Nullable String authority) implements CallTarget {
    @Override
    public String protocol() {
        return "grpc";
    }

    @Override
    public @Nullable String address() {
        if (authority == null) {
            return null;
        }
        int colon = colon(authority);
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    @Override
    public int port() {
        int colon = authority == null ? -1 : colon(authority);
        if (authority == null || colon < 0) {
            return -1;
        }
        String port = authority.substring(colon + 1);
        boolean isNumber = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Integer.parseInt(port) : -1;
    }

    /** Where the port begins; -1 without one. The colons of an IPv6 address stand in brackets. */
    private static int colon(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? colon : -1;
    }
}
