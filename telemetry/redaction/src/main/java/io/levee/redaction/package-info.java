/** Secrets in texts, found by how they look. */
package io.levee.redaction;
