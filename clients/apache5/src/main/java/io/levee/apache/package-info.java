/** The adapter for Apache HttpClient 5: {@link io.levee.apache.LeveeExec}. */
@NullMarked
package io.levee.apache;

import org.jspecify.annotations.NullMarked;
