/**
 * Levee round a gRPC-Java channel: {@link io.levee.grpc.LeveeClientInterceptor}. Only translates: whether and when to try
 * again is the engine's.
 */
@NullMarked
package io.levee.grpc;

import org.jspecify.annotations.NullMarked;
