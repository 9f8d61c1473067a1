package io.levee.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * docs/guarantees.md names a proof for each promise. Each proof is a test that exists, and is among what the command of
 * its section runs.
 */
class GuaranteesTest {
    private static final Path ROOT = Path.of("..");
    private static final String HEADER = "| promise | proof |";
    private static final Pattern COMMAND = Pattern.compile("(?m)^    (\\./levee .*)$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern PROOF = Pattern.compile("(\\w+)#(\\w+)");
    private static final Set<String> OPTIONS = Set.of("--full", "-am", "-Dsurefire.failIfNoSpecifiedTests=false");

    /** A part of the page: its commands, and its rows. */
    private record Section(String title, List<Command> commands, List<String> rows) {
        static List<Section> all() throws IOException {
            List<Section> sections = new ArrayList<>();
            for (String part :
                    Files.readString(ROOT.resolve("docs/guarantees.md")).split("(?m)^## ")) {
                if (part.contains(HEADER)) {
                    List<Command> commands = COMMAND.matcher(part)
                            .results()
                            .map(found -> new Command(found.group(1)))
                            .toList();
                    // Other tables of the section are figures.
                    List<String> rows = part.substring(part.indexOf(HEADER) + HEADER.length())
                            .lines()
                            .skip(2)
                            .takeWhile(line -> line.startsWith("| "))
                            .toList();
                    sections.add(new Section(part.lines().findFirst().orElseThrow(), commands, rows));
                }
            }
            return sections;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    /** A line that a reader copies into a shell. */
    private record Command(String line) {
        List<String> words() {
            // What follows # is said to the reader.
            return Arrays.stream(line.replaceFirst("\\s+#.*", "").split("\\s+")).toList();
        }

        boolean runsTests() {
            return words().get(1).equals("test");
        }

        boolean isFull() {
            return words().contains("--full");
        }

        List<String> modules() {
            int option = words().indexOf("-pl");
            return option < 0 ? List.of() : List.of(words().get(option + 1).split(","));
        }

        /** The classes that it is limited to; empty if it runs all of its modules. */
        List<String> classes() {
            return words().stream()
                    .filter(word -> word.startsWith("-Dtest="))
                    .flatMap(word -> Stream.of(
                            word.substring("-Dtest=".length()).replace("'", "").split(",")))
                    .toList();
        }

        boolean runs(TestSource.Found proof) {
            if (!runsTests()) {
                // Another subcommand (benchmarks, races) runs the module that it is named after.
                return proof.module().equals(words().get(1));
            }
            return modules().contains(proof.module())
                    && (classes().isEmpty() || classes().contains(proof.className()))
                    && (isFull() || !proof.isFull());
        }
    }

    @TestFactory
    Stream<DynamicTest> everyCommandIsOneThatAReaderCanRun() throws IOException {
        return Section.all().stream().flatMap(section -> {
            assertThat(section.commands()).as("commands of: %s", section).isNotEmpty();
            return section.commands().stream()
                    .map(command -> DynamicTest.dynamicTest(command.line(), () -> isWellFormed(command)));
        });
    }

    @TestFactory
    Stream<DynamicTest> everyProofIsATestThatItsCommandRuns() throws IOException {
        return Section.all().stream()
                .flatMap(section -> section.rows().stream()
                        .map(row -> DynamicTest.dynamicTest(cells(row).get(0), () -> isProved(section, row))));
    }

    @Test
    void thePageHasARowForEachInvariant() throws IOException {
        String rows = String.join(
                "\n", Section.all().stream().flatMap(s -> s.rows().stream()).toList());
        for (int number = 1; number <= 10; number++) {
            assertThat(rows).contains("| " + number + ". ");
        }
    }

    /** A page that has drifted would be noticed. */
    @Test
    void whatIsNoTestOrIsNotRunIsNoProof() throws IOException {
        assertThat(TestSource.find(ROOT, "NoSuchTest", "coresJarIsUnder200Kibibytes"))
                .isEmpty();
        assertThat(TestSource.find(ROOT, "SoakTest", "soak"))
                .as("a method that is no test")
                .isEmpty();
        TestSource.Found tenMinutes = TestSource.find(ROOT, "SoakTest", "tenMinutesOfFullLoadLeaveNothingBehind")
                .get(0);
        assertThat(new Command("./levee test --full -pl core -Dtest=SoakTest").runs(tenMinutes))
                .isTrue();
        assertThat(new Command("./levee test --full -pl core").runs(tenMinutes)).isTrue();
        assertThat(new Command("./levee test -pl core -Dtest=SoakTest").runs(tenMinutes))
                .isFalse();
        assertThat(new Command("./levee test --full -pl core -Dtest=ClockStepTest").runs(tenMinutes))
                .isFalse();
        assertThat(new Command("./levee test --full -pl testkit").runs(tenMinutes))
                .isFalse();
    }

    private static void isWellFormed(Command command) throws IOException {
        String subcommand = command.words().get(1);
        assertThat(Files.readString(ROOT.resolve("levee")))
                .as("a subcommand of ./levee")
                .containsPattern("(?m)^  " + Pattern.quote(subcommand) + "\\)$");
        if (!command.runsTests()) {
            return;
        }
        assertThat(command.modules())
                .isNotEmpty()
                .allSatisfy(module -> assertThat(Files.readString(ROOT.resolve("pom.xml")))
                        .contains("<module>" + module + "</module>"));
        List<String> words = command.words();
        for (int i = 2; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("-pl")) {
                i++;
            } else {
                assertThat(OPTIONS.contains(word) || word.matches("-Dtest=[\\w,']+|-Dlevee\\.soak\\.seconds=\\d+"))
                        .as("option %s", word)
                        .isTrue();
            }
        }
        for (String className : command.classes()) {
            assertThat(command.modules().stream()
                            .flatMap(module -> TestSource.inModule(ROOT, module, className).stream()))
                    .as("class %s in %s", className, command.modules())
                    .isNotEmpty();
        }
        // With -am, the modules before it have no such class, and Surefire would fail on them.
        if (command.words().contains("-am") && !command.classes().isEmpty()) {
            assertThat(command.words()).contains("-Dsurefire.failIfNoSpecifiedTests=false");
        }
    }

    private static void isProved(Section section, String row) throws IOException {
        List<String> cells = cells(row);
        assertThat(cells).hasSize(2);
        Set<String> proofs = new TreeSet<>();
        Matcher code = CODE.matcher(cells.get(1));
        while (code.find()) {
            proofs.add(code.group(1));
        }
        assertThat(proofs).isNotEmpty();
        for (String name : proofs) {
            Matcher proof = PROOF.matcher(name);
            assertThat(proof.matches()).as("%s is written Class#member", name).isTrue();
            List<TestSource.Found> found = TestSource.find(ROOT, proof.group(1), proof.group(2));
            assertThat(found).as("the test %s", name).isNotEmpty();
            assertThat(section.commands())
                    .as("a command of '%s' that runs %s", section, found)
                    .anyMatch(command -> found.stream().anyMatch(command::runs));
        }
    }

    private static List<String> cells(String row) {
        return Arrays.stream(row.substring(1).split("\\|")).map(String::strip).toList();
    }
}
