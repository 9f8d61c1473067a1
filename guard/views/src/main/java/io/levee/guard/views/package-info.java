/** What the guard's pages and other tools read: budgets, curves, incidents, a heatmap, as JSON. */
package io.levee.guard.views;
