package io.levee.stress;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.NodeType;
import org.openjdk.jcstress.os.SchedulingClass;
import org.openjdk.jcstress.vm.CompileMode;

/**
 * Runs the JCStress tests of the class path and judges what they saw. Takes the options of JCStress ({@code -h} lists
 * them). Stricter than JCStress itself, which passes over a test that it could not run.
 *
 * <p>JCStress starts a JVM for each test and each choice of compiler and flags, some hundred of them: the long form. With
 * {@value #ONE_JVM} as the first option all tests run in this one, with the compilers that come by themselves: the short
 * form, which spends its time on races and not on starting JVMs.
 *
 * <p>Exit code 0 if every test ran and saw nothing forbidden, 1 if not (each fault in a line that begins with
 * {@value #FAULT}), 2 for options that make no sense.
 */
public final class StressMain {
    /** What the line of a fault begins with. */
    static final String FAULT = "FAULT: ";

    /** What the line of an acceptable outcome that is worth knowing of begins with. */
    static final String INTERESTING = "SEEN: ";

    /** The option for the short form. */
    static final String ONE_JVM = "--one-jvm";

    private StressMain() {}

    /**
     * Runs the tests.
     *
     * @param options JCStress's, perhaps after {@value #ONE_JVM}
     * @throws Exception if JCStress cannot run at all
     */
    public static void main(String[] options) throws Exception {
        boolean oneJvm = options.length > 0 && options[0].equals(ONE_JVM);
        Options parsed = new Options(oneJvm ? Arrays.copyOfRange(options, 1, options.length) : options);
        if (!parsed.parse()) {
            System.exit(2);
        }
        Collection<String> tests = new JCStress(parsed).getTests();
        List<TestResult> results = oneJvm ? inThisJvm(tests, parsed) : inJvmsOfTheirOwn(parsed);
        List<String> faults = new ArrayList<>();
        judge(tests, results, faults);
        faults.forEach(fault -> System.out.println(FAULT + fault));
        System.exit(faults.isEmpty() ? 0 : 1);
    }

    private static List<TestResult> inJvmsOfTheirOwn(Options options) throws Exception {
        try {
            new JCStress(options).run();
        } catch (AssertionError failures) {
            // JCStress's own list of what failed; judged below, with the tests that did not run.
        }
        InProcessCollector all = new InProcessCollector();
        DiskReadCollector reader = new DiskReadCollector(options.getResultFile(), all);
        reader.dump();
        reader.close();
        return List.copyOf(all.getTestResults());
    }

    private static List<TestResult> inThisJvm(Collection<String> tests, Options options) throws Exception {
        List<TestResult> results = new ArrayList<>();
        for (String test : tests) {
            TestInfo info = TestList.getInfo(test);
            if (info.threads() > options.getCPUCount()) {
                continue; // its threads spin: with fewer processors they would wait for each other's time slice
            }
            TestConfig config = new TestConfig(
                    options,
                    info,
                    0,
                    List.of(),
                    CompileMode.UNIFIED,
                    new SchedulingClass(AffinityMode.NONE, info.threads(), NodeType.PACKAGE));
            TestResult result = ((Runner<?>) Class.forName(info.generatedRunner())
                            .getConstructor(ForkedTestConfig.class)
                            .newInstance(new ForkedTestConfig(config)))
                    .run();
            result.setConfig(config);
            results.add(result);
        }
        return results;
    }

    private static void judge(Collection<String> tests, List<TestResult> results, List<String> faults) {
        long samples = 0;
        Map<String, Long> interesting = new TreeMap<>();
        Set<String> silent = new TreeSet<>(tests);
        for (TestResult result : results) {
            String test = result.getName();
            silent.remove(test);
            if (result.status() != Status.NORMAL) {
                faults.add(test + " ended with " + result.status() + " " + result.getMessages() + result.getVmErr());
                continue;
            }
            samples += result.getTotalCount();
            for (GradingResult outcome : result.grading().gradingResults.values()) {
                String seen = test + ": outcome " + outcome.id + ", " + outcome.description;
                if (outcome.count > 0 && outcome.expect == Expect.FORBIDDEN) {
                    faults.add(seen + " (" + outcome.count + " of " + result.getTotalCount() + " samples)");
                } else if (outcome.count > 0 && outcome.expect == Expect.ACCEPTABLE_INTERESTING) {
                    interesting.merge(seen, outcome.count, Long::sum);
                }
            }
        }
        silent.forEach(test -> faults.add(test + " did not run: it needs a processor for each of its actors"));
        if (tests.isEmpty()) {
            faults.add("no test was found on the class path");
        }
        System.out.println(tests.size() + " tests, " + results.size() + " runs, " + samples + " samples");
        interesting.forEach((outcome, count) -> System.out.println(INTERESTING + outcome + " (" + count + " samples)"));
    }
}
