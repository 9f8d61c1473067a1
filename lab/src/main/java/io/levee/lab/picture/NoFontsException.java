package io.levee.lab.picture;

import org.jspecify.annotations.Nullable;

/** An image cannot be lettered, since the machine has no fonts. Its message says what to install. */
public final class NoFontsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoFontsException(@Nullable Throwable cause) {
        super(
                "this machine has no fonts that Java can use, so an image cannot be lettered; install fontconfig and a"
                        + " font (Debian: fontconfig, fonts-dejavu-core), or draw a page instead, which uses the"
                        + " reader's fonts",
                cause);
    }
}
