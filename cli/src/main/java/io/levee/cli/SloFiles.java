package io.levee.cli;

import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloException;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.yaml.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The OpenSLO files of a command line. */
final class SloFiles {
    private SloFiles() {}

    /** Reads all of them; what is thrown names what is wrong in any of them. */
    static Catalog read(List<Path> files) {
        List<OpenSloFile> read = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Path file : files) {
            try {
                read.add(OpenSloFile.load(file));
            } catch (OpenSloException e) {
                problems.addAll(e.problems());
            } catch (IOException e) {
                throw Inputs.unreadable(file.toString(), e);
            }
        }
        if (!problems.isEmpty()) {
            throw new SloProblems(problems);
        }
        try {
            return Catalog.of(read);
        } catch (OpenSloException e) {
            throw new SloProblems(e.problems());
        }
    }
}
