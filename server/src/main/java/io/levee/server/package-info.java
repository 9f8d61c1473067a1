/**
 * What a caller says of its call, as a {@link io.levee.Scope} round the work that serves it: {@link
 * io.levee.server.ScopeFilter} for servlets, {@link io.levee.server.ScopeHandler} for the JDK's HTTP server.
 */
@NullMarked
package io.levee.server;

import org.jspecify.annotations.NullMarked;
