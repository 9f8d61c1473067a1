/** The options that the adapters' builders have in common. Part of their API; nothing here is for use without an adapter. */
@org.jspecify.annotations.NullMarked
package io.levee.http.shared.options;
