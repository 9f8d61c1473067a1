package io.levee.cli;

import io.levee.guard.ingest.NdjsonImport;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/** Says how an import goes, and what was left out of it. */
final class ImportReport implements NdjsonImport.Listener, AutoCloseable {
    /** Of lines that are left out, each is counted, and so many are told: a file of another format has no other ones. */
    private static final int TOLD = 20;

    private static final int LISTED = 1_000;

    private final PrintWriter err;
    private final long size;
    private final boolean asJson;
    private final DoubleConsumer bar;
    private final @Nullable Path refusedFile;
    private final ArrayNode refusedLines = Json.object().putArray("refusedLines");
    private @Nullable OutputStream refused;
    private long lines;
    private long wrong;

    /** With the size of the file; 0 if it is not known. */
    ImportReport(PrintWriter err, long size, boolean asJson, @Nullable Path refusedFile) {
        this.err = err;
        this.size = size;
        this.asJson = asJson;
        this.refusedFile = refusedFile;
        bar = asJson || size == 0 ? share -> {} : ProgressBar.onTerminal(err);
    }

    @Override
    public void at(long bytes, long in) {
        lines = in;
        // A bar at 100 % takes itself away, and only the end is the end.
        bar.accept(Math.min(0.99, (double) bytes / Math.max(1, size)));
    }

    @Override
    public void refused(long number, byte[] line, String reason) {
        wrong++;
        if (!asJson && wrong <= TOLD) {
            err.println("line " + number + " " + reason);
        }
        if (refusedLines.size() < LISTED) {
            refusedLines.addObject().put("line", number).put("reason", reason);
        }
        if (refusedFile != null) {
            write(refusedFile, line);
        }
    }

    private void write(Path file, byte[] line) {
        try {
            OutputStream out = refused;
            if (out == null) {
                out = new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
                refused = out;
            }
            out.write(line);
            out.write('\n');
        } catch (FileAlreadyExistsException e) {
            throw new UserError("--refused: " + file + " is there already; name another file");
        } catch (IOException e) {
            throw new UserError("--refused: cannot write " + file + ": " + Inputs.reason(e));
        }
    }

    /** All is in. */
    void done() {
        bar.accept(1);
        if (!asJson && wrong > TOLD) {
            err.println("and " + (wrong - TOLD) + " more" + (refusedFile == null ? "; --refused FILE keeps them" : ""));
        }
    }

    /** What to add to why it ended early. */
    String soFar() {
        bar.accept(1);
        return lines == 0 ? "" : "; lines up to " + lines + " are in, and the same command goes on there";
    }

    ArrayNode refusedLines() {
        return refusedLines;
    }

    @Override
    public void close() throws IOException {
        OutputStream out = refused;
        if (out != null) {
            out.close();
        }
    }
}
