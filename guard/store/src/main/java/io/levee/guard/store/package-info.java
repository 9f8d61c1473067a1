/** What the guard keeps: counts of events, traces of failures, and a record that is only ever appended to. */
package io.levee.guard.store;
