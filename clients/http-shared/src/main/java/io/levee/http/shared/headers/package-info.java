/** What HTTP's headers say to a client that retries. For adapters of one's own; those for HTTP clients use it already. */
@NullMarked
package io.levee.http.shared.headers;

import org.jspecify.annotations.NullMarked;
