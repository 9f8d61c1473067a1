package io.levee.cli;

import io.levee.lab.storm.Scenario;
import io.levee.lab.storm.ScenarioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Scenarios as users name them: one that comes with the lab, or a file. */
final class Scenarios {
    private Scenarios() {}

    /** The scenario; a user's mistake if there is none. */
    static Scenario named(String nameOrFile) {
        if (ScenarioFile.SHIPPED.contains(nameOrFile)) {
            return ScenarioFile.shipped(nameOrFile);
        }
        Path path = Path.of(nameOrFile);
        if (!Files.exists(path)) {
            throw new UserError("--scenario: there is no scenario and no file called '" + path + "'; scenarios: "
                    + String.join(", ", ScenarioFile.SHIPPED));
        }
        try {
            return ScenarioFile.load(path);
        } catch (IOException e) {
            throw Inputs.unreadable(path.toString(), e);
        }
    }
}
