/** Events from OTLP, from files and from servers that speak PromQL. */
package io.levee.guard.ingest;
