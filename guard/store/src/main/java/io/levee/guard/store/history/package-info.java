/** What the counts say when they are looked at over a stretch of time: sums, and incidents. */
package io.levee.guard.store.history;
