/** What the guard asks of the library: fallback, breaker, limits, shares of traffic. */
package io.levee.guard.signals;
