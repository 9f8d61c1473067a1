package io.levee.cli;

import io.levee.Backoff;
import io.levee.Levee;
import io.levee.LeveeSettings;
import io.levee.RetryPolicy;
import io.levee.config.LeveeConfig;
import io.levee.lint.WorstCase;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code levee explain}: what would be done about an outcome, and how long the waits are. */
@Command(
        name = "explain",
        description = "Says what Levee would do about outcomes: one JSON object a line in, one a line out.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done",
            "1:an error in levee itself",
            "2:a line, the policy file or the command line is wrong",
            Main.EXIT_OUTPUT_LOST
        })
final class ExplainCommand implements Callable<Integer> {
    private static final int LINES_A_LOOK = 64;

    private final JsonMapper json = mapper();
    private final Map<String, Levee> levees = new HashMap<>();
    private int asked;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--policy", paramLabel = "FILE", description = "The policy file; see docs/policy-file.md.")
    private @Nullable Path policy;

    @Option(names = "--downstream", paramLabel = "NAME", description = "The entry of the policy file to use.")
    private @Nullable String downstream;

    @Option(
            names = "--series",
            paramLabel = "N",
            description = "Print the delays of the first N retries instead; N is 1 to 10000.")
    private @Nullable Integer series;

    @Option(names = "--json", description = "Print the series as one JSON object.")
    private boolean asJson;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The outcomes; standard input if absent.")
    private @Nullable Path input;

    static JsonMapper mapper() {
        return JsonMapper.builder(JsonFactory.builder()
                        // Of two values for one field the user meant one, and nobody knows which.
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                // An id comes back as it was written: 1.50 is not 1.5, and 1e400 is not Infinity.
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
    }

    /** A line as JSON; the parser refuses an exponent that no int holds with an exception of another kind. */
    static JsonNode read(JsonMapper json, String line) {
        try {
            return json.readTree(line);
        } catch (NumberFormatException outOfRange) {
            throw new UserError("cannot be read as JSON: a number is out of range");
        }
    }

    @Override
    public Integer call() {
        LeveeConfig config = config();
        if (downstream != null) {
            // A name that is wrong is wrong for every line; so it is told once, and before any of them.
            levee(config, null);
        }
        if (series != null) {
            if (input != null) {
                throw new UserError("--series reads no outcomes; drop " + input);
            }
            return series(levee(config, null).settings(), series);
        }
        String name = input == null ? "standard input" : input.toString();
        PrintWriter out = spec.commandLine().getOut();
        try (Lines lines = new Lines(input == null ? System.in : Inputs.open(input), out::flush)) {
            return Main.written(out, explain(config, lines, out));
        } catch (IOException e) {
            throw Inputs.unreadable(name, e);
        }
    }

    private @Nullable LeveeConfig config() {
        if (policy == null) {
            return null;
        }
        try {
            return LeveeConfig.load(policy);
        } catch (IOException e) {
            throw Inputs.unreadable(policy.toString(), e);
        }
    }

    private Levee levee(@Nullable LeveeConfig config, @Nullable String named) {
        String wanted = named == null ? downstream : named;
        if (wanted != null && wanted.isBlank()) {
            throw new UserError("downstream must not be blank");
        }
        if (config == null) {
            return levees.computeIfAbsent(
                    wanted == null ? "default" : wanted,
                    name -> Levee.named(name).build());
        }
        if (wanted == null) {
            if (config.names().size() != 1 && !config.names().contains("default")) {
                throw new UserError("which downstream? give --downstream NAME, or downstream in the line; known: "
                        + String.join(", ", config.names()));
            }
            wanted = config.names().size() == 1 ? config.names().iterator().next() : "default";
        }
        try {
            return levees.computeIfAbsent(wanted, name -> config.builder(name).build());
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    private int explain(@Nullable LeveeConfig config, Lines lines, PrintWriter out) throws IOException {
        Outcomes outcomes = new Outcomes(json, name -> levee(config, name));
        boolean bad = false;
        for (Lines.Line line = lines.next(); line != null && !gone(out); line = lines.next()) {
            if (line.problem() == null && line.text().isBlank()) {
                continue;
            }
            JsonNode read = null;
            ObjectNode answer;
            try {
                if (line.problem() != null) {
                    throw new UserError(line.problem());
                }
                read = read(json, line.text());
                answer = outcomes.explain(read);
            } catch (UserError | IllegalArgumentException e) {
                answer = error(read, line.number(), String.valueOf(e.getMessage()));
                bad = true;
            } catch (JacksonException e) {
                answer = error(read, line.number(), "cannot be read as JSON: " + e.getOriginalMessage());
                bad = true;
            }
            // Lines end as JSON's readers expect it, whatever the platform.
            out.print(json.writeValueAsString(answer) + '\n');
        }
        return bad ? Main.BAD_INPUT : 0;
    }

    /** Whether nobody reads the answers any more. Looked up now and then, since looking means writing them out. */
    private boolean gone(PrintWriter out) {
        return ++asked % LINES_A_LOOK == 0 && out.checkError();
    }

    private ObjectNode error(@Nullable JsonNode read, int line, String message) {
        ObjectNode answer = json.createObjectNode();
        JsonNode id = read == null || !read.isObject() ? null : read.get("id");
        if (id != null && (id.isString() || id.isNumber())) {
            answer.set("id", id);
        } else {
            answer.putNull("id");
        }
        return answer.put("line", line).put("error", message);
    }

    private int series(LeveeSettings settings, int retries) {
        if (retries < 1 || retries > 10_000) {
            throw new UserError("--series must be from 1 to 10000, is " + retries);
        }
        if (!(settings.retry() instanceof Backoff backoff)) {
            return series(settings, RetryPolicy.fixed(Duration.ZERO).attempts(1), retries);
        }
        return series(settings, backoff, retries);
    }

    private int series(LeveeSettings settings, Backoff backoff, int retries) {
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode all = json.createObjectNode();
        ArrayNode each = all.putArray("retries");
        StringBuilder text = new StringBuilder("retry   shortest ms   longest ms\n");
        int made = 0;
        for (int n = 1; n <= retries && n < backoff.attempts(); n++) {
            long min = Outcomes.millisUp(backoff.shortestDelayNanos(n));
            long max = Outcomes.millisUp(backoff.longestDelayNanos(n));
            each.addObject().put("retry", n).put("delayMinMs", min).put("delayMaxMs", max);
            text.append(String.format(Locale.ROOT, "%5d %13d %12d\n", n, min, max));
            made = n;
        }
        WorstCase worstCase = WorstCase.of(settings, retries);
        long waits = millisUp(worstCase.waits());
        all.put("waitsMs", waits);
        text.append("waits, at most: ").append(waits).append(" ms\n");
        Duration deadline = settings.deadline();
        Long worst = millisUpOrNull(worstCase.uncut());
        Long cut = millisUpOrNull(worstCase.total());
        all.put("worstCaseUncutMs", worst).put("worstCaseMs", cut);
        text.append("worst case, attempts included: ").append(worst == null ? "no bound" : worst + " ms");
        boolean isCut = deadline != null && !Objects.equals(cut, worst);
        text.append(isCut ? "; cut by the deadline to " + cut + " ms" : "").append('\n');
        if (made < retries) {
            all.put("stopsAfterRetries", made);
            text.append("the policy stops after ")
                    .append(made)
                    .append(" retries (")
                    .append(made + 1)
                    .append(" attempts)\n");
        }
        out.print(asJson ? json.writeValueAsString(all) + '\n' : text.toString());
        return Main.written(out, 0);
    }

    private static long millisUp(Duration time) {
        try {
            return time.plusNanos(999_999).toMillis();
        } catch (ArithmeticException longerThanALong) {
            return Long.MAX_VALUE;
        }
    }

    private static @Nullable Long millisUpOrNull(@Nullable Duration time) {
        return time == null ? null : (Long) millisUp(time);
    }
}
