/**
 * OpenSLO v1 documents: {@link io.levee.guard.slo.openslo.OpenSloFile} reads one, {@link io.levee.guard.slo.openslo.Catalog}
 * puts several together, {@link io.levee.guard.slo.openslo.OpenSloWriter} writes them. docs/slo-documents.md says what is
 * read and how Levee's annotations are written.
 */
@org.jspecify.annotations.NullMarked
package io.levee.guard.slo.openslo;
