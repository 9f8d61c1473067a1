package io.levee.lint;

import io.levee.config.LeveeConfig;
import io.levee.config.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds in policy files what will hurt. All figures come from the library itself: waits from the retry policy's own
 * bounds, defaults from the settings that a {@code Levee} of the file has, the load on a downstream that is down from
 * the engine, run in virtual time. Deterministic. The rules stand in docs/lint.md.
 */
public final class Lint {
    private Lint() {}

    /**
     * Looks at some files, each for itself and as one call graph: a downstream whose name (or {@code facts.service}) is
     * the {@code facts.service} of another file is that file's service.
     *
     * @param files the files, each once
     * @return what was found, in the order of the files and of the lines in them
     */
    public static LintReport check(List<LeveeConfig> files) {
        Map<Subject, List<Finding>> found = new HashMap<>();
        List<Subject> subjects = new ArrayList<>();
        for (LeveeConfig file : files) {
            for (String name : file.names()) {
                List<Finding> findings = new ArrayList<>();
                Subject subject = new Subject(file, name, findings::add);
                found.put(subject, findings);
                subjects.add(subject);
            }
        }
        for (Subject subject : subjects) {
            TimeRules.check(subject);
            JitterRules.check(subject);
            LoadRules.check(subject);
        }
        GraphRules.check(subjects);
        return sorted(files.size(), subjects, found);
    }

    private static LintReport sorted(int files, List<Subject> subjects, Map<Subject, List<Finding>> found) {
        List<Finding> findings = new ArrayList<>();
        List<LintReport.Ignored> ignored = new ArrayList<>();
        for (Subject subject : subjects) {
            Map<String, String> reasons = subject.facts.ignored();
            Set<String> used = new HashSet<>();
            for (Finding finding : List.copyOf(found.getOrDefault(subject, List.of()))) {
                String because = reasons.get(finding.rule().id());
                if (because == null) {
                    findings.add(finding);
                } else {
                    ignored.add(new LintReport.Ignored(finding, because));
                    used.add(finding.rule().id());
                }
            }
            reasons.keySet().stream().filter(id -> !used.contains(id)).forEach(id -> findings.add(unused(subject, id)));
        }
        Map<String, Integer> order = new HashMap<>();
        subjects.forEach(subject -> order.putIfAbsent(subject.place("").file(), order.size()));
        Comparator<Finding> byPlace = Comparator.comparing(
                Finding::place,
                Comparator.<Place>comparingInt(place -> order.getOrDefault(place.file(), 0))
                        .thenComparingInt(Place::line)
                        .thenComparingInt(Place::column));
        findings.sort(byPlace);
        ignored.sort(Comparator.comparing(LintReport.Ignored::finding, byPlace));
        return new LintReport(files, subjects.size(), findings, ignored);
    }

    private static Finding unused(Subject subject, String id) {
        boolean known = Rule.of(id).isPresent();
        return new Finding(
                Rule.UNUSED_IGNORE,
                subject.place("lintIgnore." + id),
                subject.name,
                "lintIgnore." + id,
                known ? "the rule finds nothing here" : "there is no such rule",
                known
                        ? "remove it, or the next fault of this kind goes unseen"
                        : "write one of "
                                + Arrays.stream(Rule.values())
                                        .filter(rule -> rule != Rule.UNUSED_IGNORE)
                                        .map(Rule::id)
                                        .collect(Collectors.joining(", ")));
    }
}
