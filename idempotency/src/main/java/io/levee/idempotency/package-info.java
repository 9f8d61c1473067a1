/**
 * The server side of {@code Idempotency-Key} (draft-ietf-httpapi-idempotency-key-header): {@link
 * io.levee.idempotency.IdempotencyFilter} for servlets, {@link io.levee.idempotency.IdempotencyHandler} for the JDK's HTTP
 * server, both on one {@link io.levee.idempotency.Idempotency}.
 */
@NullMarked
package io.levee.idempotency;

import org.jspecify.annotations.NullMarked;
