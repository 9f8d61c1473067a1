package io.levee.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** Files that users want written, and what to tell them when one cannot be. */
final class Outputs {
    private Outputs() {}

    /** Writes the contents. */
    @FunctionalInterface
    interface Contents {
        void writeTo(OutputStream file) throws IOException;
    }

    static void write(String option, Path path, Contents contents, OpenOption... how) {
        try (OutputStream file = Files.newOutputStream(path, how)) {
            contents.writeTo(file);
        } catch (FileAlreadyExistsException e) {
            throw new UserError(option + ": " + path + " is there already; name another file, or give --force");
        } catch (IOException e) {
            throw new UserError(option + ": cannot write " + path + ": " + Inputs.reason(e));
        }
    }

    /** The command line as it was given, for whoever wants to run it again. */
    static String commandLine(CommandSpec spec) {
        return "./levee "
                + spec.commandLine().getParseResult().originalArgs().stream()
                        .map(Outputs::quoted)
                        .collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./,:=+@%-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
