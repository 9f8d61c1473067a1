/**
 * Levee round the JDK's HTTP client: {@link io.levee.http.LeveeHttpClient} is a {@link java.net.http.HttpClient} that is
 * a drop-in for the one it wraps. Only translates: whether and when to try again is the engine's.
 */
@NullMarked
package io.levee.http;

import org.jspecify.annotations.NullMarked;
