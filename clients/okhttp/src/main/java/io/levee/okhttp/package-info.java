/** The OkHttp adapter: {@link io.levee.okhttp.LeveeInterceptor}. */
@NullMarked
package io.levee.okhttp;

import org.jspecify.annotations.NullMarked;
