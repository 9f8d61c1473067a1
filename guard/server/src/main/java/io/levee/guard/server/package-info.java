/** The guard: ingest, budgets, gate, actions and pages in one process. */
package io.levee.guard.server;
