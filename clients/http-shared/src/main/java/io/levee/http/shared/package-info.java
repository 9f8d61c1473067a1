/** What every HTTP adapter needs, each rule once. Seen by the adapters only. */
@NullMarked
package io.levee.http.shared;

import org.jspecify.annotations.NullMarked;
