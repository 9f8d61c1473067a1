package io.levee.cli;

import io.levee.guard.slo.openslo.Catalog;
import io.levee.yaml.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code levee slo validate}: what is wrong with OpenSLO documents, and what is unwise. */
@Command(
        name = "validate",
        description = "Says what is wrong with OpenSLO v1 documents: file, line, field, and what would be right.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:all can be used; there may be warnings",
            "1:an error in levee itself",
            "2:a document is wrong, or a file cannot be read",
            Main.EXIT_OUTPUT_LOST
        })
final class ValidateCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean asJson;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "The files; they may refer to each other.")
    @SuppressWarnings("NullAway.Init") // at least one
    private List<Path> files;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (!asJson) {
            Catalog catalog = SloFiles.read(files);
            catalog.warnings().forEach(warning -> out.print("warning: " + warning + '\n'));
            out.print("can be used: documents " + catalog.objects().size() + ", of kind SLO "
                    + catalog.slos().size() + '\n');
            return Main.written(out, 0);
        }
        ObjectNode json = Json.object();
        try {
            Catalog catalog = SloFiles.read(files);
            json.put("valid", true)
                    .put("documents", catalog.objects().size())
                    .put("slos", catalog.slos().size());
            json.putArray("problems");
            list(json.putArray("warnings"), catalog.warnings());
        } catch (SloProblems e) {
            json.put("valid", false);
            list(json.putArray("problems"), e.problems());
            json.putArray("warnings");
        }
        out.print(Json.line(json));
        return Main.written(out, json.get("valid").booleanValue() ? 0 : Main.BAD_INPUT);
    }

    /** Problems as objects of their place and their message. */
    static void list(ArrayNode array, List<Problem> problems) {
        for (Problem each : problems) {
            array.add(JsonMapper.shared().<JsonNode>valueToTree(each.toMap()));
        }
    }
}
