package io.levee.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that users name, and what to tell them when one cannot be read. */
final class Inputs {
    private Inputs() {}

    static InputStream open(Path file) {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /** Names the input and the reason, without the name of a Java class. */
    static UserError unreadable(String name, IOException e) {
        return new UserError("cannot read " + name + ": " + reason(e));
    }

    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        return reason == null ? "it is no file that can be read" : reason.toLowerCase(java.util.Locale.ROOT);
    }
}
