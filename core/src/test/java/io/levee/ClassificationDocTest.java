package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/classification.md to the tables of the code. After a change of a rule:
 * {@code mvn -pl core test -Dtest=ClassificationDocTest -Dlevee.golden=write}.
 */
class ClassificationDocTest {
    private static final Path DOC = Path.of("..", "docs", "classification.md");
    private static final String BEGIN = "<!-- generated: begin -->\n";
    private static final String END = "<!-- generated: end -->\n";

    @Test
    void theDocumentShowsTheTables() throws IOException {
        String doc = Files.readString(DOC);
        int begin = doc.indexOf(BEGIN) + BEGIN.length();
        int end = doc.indexOf(END);
        assertThat(end).as("markers in " + DOC).isGreaterThanOrEqualTo(begin);
        String tables = tables();
        if ("write".equals(System.getProperty("levee.golden"))) {
            Files.writeString(DOC, doc.substring(0, begin) + tables + doc.substring(end));
            return;
        }
        assertThat(doc.substring(begin, end)).isEqualTo(tables);
    }

    /**
     * The JDK's own I/O errors are all thought about: none falls under 'io' just because nobody listed it. A JDK with a
     * new one fails here.
     */
    @Test
    void everyIoExceptionOfTheJdkHasAnExactRule() throws Exception {
        Set<String> unlisted = new TreeSet<>();
        int seen = 0;
        for (String module : List.of("java.base", "java.net.http")) {
            for (Class<?> type : publicClasses(module)) {
                if (IOException.class.isAssignableFrom(type) && type != IOException.class) {
                    seen++;
                    if (ErrorTable.ruleFor(CauseChain.named(
                                    List.of(type.getName()),
                                    List.of(),
                                    getClass().getClassLoader()))
                            == ErrorRule.IO) {
                        unlisted.add(type.getName());
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(40);
        assertThat(unlisted).isEmpty();
    }

    private static List<Class<?>> publicClasses(String module) throws Exception {
        Path root = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules", module);
        Set<String> exported =
                ModuleLayer.boot().findModule(module).orElseThrow().getPackages();
        List<Class<?>> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = root.relativize(file).toString().replace('/', '.');
                // Exceptions are named so; loading every class of a module would take seconds.
                if (!name.endsWith("Exception.class") || !name.startsWith("java")) {
                    continue;
                }
                Class<?> type = Class.forName(
                        name.substring(0, name.length() - ".class".length()),
                        false,
                        ClassLoader.getPlatformClassLoader());
                if (Modifier.isPublic(type.getModifiers()) && exported.contains(type.getPackageName())) {
                    found.add(type);
                }
            }
        }
        return found;
    }

    private static String tables() {
        return "## Java's errors\n\nThe most severe first.\n\n" + errors() + "\n## Kinds that an adapter states\n\n"
                + kinds() + "\n## Status codes\n\n" + statuses() + "\n## gRPC codes\n\n" + grpcCodes();
    }

    private static String grpcCodes() {
        StringBuilder text = new StringBuilder("| code | verdict | fate | most retries | cost | health | why |\n")
                .append("|---|---|---|---|---|---|---|\n");
        for (GrpcStatus status : GrpcStatus.values()) {
            text.append(row(status.name(), StatusTable.verdictFor(status, false)))
                    .append('\n');
            if (status == GrpcStatus.RESOURCE_EXHAUSTED) {
                text.append(row(status.name() + " with pushback", StatusTable.verdictFor(status, true)))
                        .append('\n');
            }
        }
        return text.toString().replaceAll(" \\n", "\n");
    }

    private static String errors() {
        Map<ErrorRule, Set<String>> classes = new EnumMap<>(ErrorRule.class);
        ErrorTable.rows()
                .forEach((name, rule) ->
                        classes.computeIfAbsent(rule, r -> new TreeSet<>()).add(name));
        StringBuilder text = new StringBuilder(
                        "| rule | verdict | fate | most retries | cost | health | why | classes |\n")
                .append("|---|---|---|---|---|---|---|---|\n");
        for (ErrorRule rule : ErrorRule.values()) {
            Verdict v = rule.verdict;
            text.append(row(v.rule(), v))
                    .append(String.join(" ", classes.getOrDefault(rule, Set.of("(see below)"))))
                    .append(" |\n");
        }
        return text.toString();
    }

    private static String kinds() {
        StringBuilder text = new StringBuilder(
                        "| kind | rule | verdict | fate | most retries | cost | health | why |\n")
                .append("|---|---|---|---|---|---|---|---|\n");
        for (ErrorKind kind : ErrorKind.values()) {
            text.append(row(kind + " | " + kind.verdict.rule(), kind.verdict)).append('\n');
        }
        return text.toString().replaceAll(" \\n", "\n");
    }

    private static String statuses() {
        StringBuilder text = new StringBuilder("| status | verdict | fate | most retries | cost | health | why |\n")
                .append("|---|---|---|---|---|---|---|\n");
        for (int from = 100; from < 1000; ) {
            int to = from;
            while (to + 1 < 1000 && alike(StatusTable.verdictFor(from), StatusTable.verdictFor(to + 1))) {
                to++;
            }
            Verdict v = StatusTable.verdictFor(from);
            text.append(row(from == to ? "" + from : from + "-" + to, v)).append('\n');
            from = to + 1;
        }
        return text.toString().replaceAll(" \\n", "\n");
    }

    private static boolean alike(Verdict a, Verdict b) {
        return a.kind() == b.kind()
                && a.health() == b.health()
                && a.cost() == b.cost()
                && Objects.equals(a.fate(), b.fate())
                && without(a).equals(without(b));
    }

    private static String without(Verdict v) {
        return v.reason().replaceFirst("(status \\d+|code [A-Z_]+): ", "");
    }

    private static String row(String first, Verdict v) {
        boolean retryable = v.isRetryable();
        return "| " + first + " | " + v.kind().name().toLowerCase(java.util.Locale.ROOT) + " | "
                + (v.fate() == null ? "" : v.fate()) + " | "
                + (!retryable ? "" : v.maxRetries() == Verdict.NO_OWN_LIMIT ? "policy" : "" + v.maxRetries()) + " | "
                + (retryable ? "" + v.cost() : "") + " | " + v.health() + " | " + without(v) + " | ";
    }
}
