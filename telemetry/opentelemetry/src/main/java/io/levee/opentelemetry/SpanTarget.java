package io.levee.opentelemetry;

import io.levee.CallTarget;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

/** What an adapter says of where a call goes, in the words of the semantic conventions. */
final class SpanTarget {
    private static final String GRPC = "grpc";
    private static final String DATABASE = "db";

    private SpanTarget() {}

    static boolean isDatabase(@Nullable CallTarget target) {
        return target != null && target.protocol().equals(DATABASE);
    }

    static Attributes attributes(CallTarget target, ShownNames names) {
        AttributesBuilder builder = Attributes.builder();
        switch (target.protocol()) {
            case GRPC -> builder.put(RetryAttributes.RPC_SYSTEM, GRPC).put(RetryAttributes.RPC_METHOD, target.method());
            case DATABASE -> {
                // Absent until a first connection has told.
                builder.put(RetryAttributes.DB_SYSTEM, target.system());
                builder.put(RetryAttributes.DB_NAMESPACE, target.namespace());
            }
            default -> builder.put(RetryAttributes.METHOD, target.method());
        }
        String url = target.url();
        if (url != null) {
            builder.put(RetryAttributes.URL, SpanUrl.redacted(url));
        }
        String template = target.template();
        if (template != null) {
            builder.put(RetryAttributes.TEMPLATE, names.of(template));
        }
        String address = target.address();
        if (address != null) {
            builder.put(RetryAttributes.ADDRESS, address);
            if (target.port() > 0) {
                builder.put(RetryAttributes.PORT, (long) target.port());
            }
        }
        return builder.build();
    }

    /** The name of the log record of an exception. */
    static String exceptionEvent(@Nullable CallTarget target) {
        if (target == null) {
            return "retry.client.request.exception";
        }
        return switch (target.protocol()) {
            case GRPC -> "rpc.client.request.exception";
            case DATABASE -> "db.client.operation.exception";
            default -> "http.client.request.exception";
        };
    }
}
