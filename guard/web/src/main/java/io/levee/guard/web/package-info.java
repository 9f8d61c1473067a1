/** The guard's HTTP server: routes, tokens, limits, streams. */
package io.levee.guard.web;
