package io.levee.cli;

import io.levee.Backoff;
import io.levee.Levee;
import io.levee.LeveeSettings;
import io.levee.RetryPolicy;
import io.levee.config.LeveeConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code levee explain}: what would be done about an outcome, and how long the waits are. */
@Command(
        name = "explain",
        description = "Says what Levee would do about outcomes: one JSON object a line in, one a line out.",
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
    private final JsonMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private final Map<String, Levee> levees = new HashMap<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--policy", paramLabel = "FILE", description = "The policy file; see docs/policy-file.md.")
    private @Nullable Path policy;

    @Option(names = "--downstream", paramLabel = "NAME", description = "The entry of the policy file to use.")
    private @Nullable String downstream;

    @Option(names = "--series", paramLabel = "N", description = "Print the delays of the first N retries instead.")
    private @Nullable Integer series;

    @Option(names = "--json", description = "Print the series as one JSON object.")
    private boolean asJson;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The outcomes; standard input if absent.")
    private @Nullable Path input;

    @Override
    public Integer call() throws IOException {
        LeveeConfig config = config();
        if (series != null) {
            return series(levee(config, null).settings(), series);
        }
        try (BufferedReader lines = input == null
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : new BufferedReader(new InputStreamReader(Files.newInputStream(input), StandardCharsets.UTF_8))) {
            return explain(config, lines);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new UserError("no such file: " + e.getFile());
        }
    }

    private @Nullable LeveeConfig config() {
        if (policy == null) {
            return null;
        }
        try {
            return LeveeConfig.load(policy);
        } catch (IOException e) {
            throw new UserError("cannot read " + policy + ": " + e);
        }
    }

    private Levee levee(@Nullable LeveeConfig config, @Nullable String named) {
        String wanted = named == null ? downstream : named;
        if (config == null) {
            return levees.computeIfAbsent(
                    wanted == null ? "default" : wanted,
                    name -> Levee.named(name).build());
        }
        if (wanted == null) {
            if (config.names().size() != 1 && !config.names().contains("default")) {
                throw new UserError("which downstream? known: " + String.join(", ", config.names()));
            }
            wanted = config.names().size() == 1 ? config.names().iterator().next() : "default";
        }
        try {
            return levees.computeIfAbsent(wanted, name -> config.builder(name).build());
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    private int explain(@Nullable LeveeConfig config, BufferedReader lines) throws IOException {
        Outcomes outcomes = new Outcomes(json, name -> levee(config, name));
        PrintWriter out = spec.commandLine().getOut();
        boolean bad = false;
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            JsonNode read = null;
            ObjectNode answer;
            try {
                read = json.readTree(line);
                answer = outcomes.explain(read);
            } catch (UserError | IllegalArgumentException e) {
                answer = error(read, number, String.valueOf(e.getMessage()));
                bad = true;
            } catch (JacksonException e) {
                answer = error(read, number, "no JSON: " + e.getOriginalMessage());
                bad = true;
            }
            out.println(json.writeValueAsString(answer));
            out.flush();
        }
        return bad ? Main.BAD_INPUT : 0;
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
        long waits = 0;
        int made = 0;
        for (int n = 1; n <= retries && n < backoff.attempts(); n++) {
            long min = Outcomes.millisUp(backoff.shortestDelayNanos(n));
            long max = Outcomes.millisUp(backoff.longestDelayNanos(n));
            each.addObject().put("retry", n).put("delayMinMs", min).put("delayMaxMs", max);
            text.append(String.format("%5d %13d %12d%n", n, min, max));
            waits = add(waits, max);
            made = n;
        }
        all.put("waitsMs", waits);
        text.append("waits, at most: ").append(waits).append(" ms\n");
        Duration timeout = settings.attemptTimeout();
        Duration deadline = settings.deadline();
        Long worst = timeout == null ? null : (Long) add(waits, multiply(timeout.toMillis(), made + 1L));
        Long cut =
                deadline == null ? worst : (Long) Math.min(worst == null ? Long.MAX_VALUE : worst, deadline.toMillis());
        all.put("worstCaseUncutMs", worst).put("worstCaseMs", cut);
        text.append("worst case, attempts included: ").append(worst == null ? "no bound" : worst + " ms");
        text.append(deadline == null ? "" : "; cut by the deadline to " + cut + " ms")
                .append('\n');
        if (made < retries) {
            all.put("stopsAfterRetries", made);
            text.append("the policy stops after ")
                    .append(made)
                    .append(" retries (")
                    .append(made + 1)
                    .append(" attempts)\n");
        }
        out.print(asJson ? json.writeValueAsString(all) + System.lineSeparator() : text.toString());
        out.flush();
        return 0;
    }

    private static long add(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static long multiply(long a, long b) {
        return a != 0 && b > Long.MAX_VALUE / a ? Long.MAX_VALUE : a * b;
    }
}
