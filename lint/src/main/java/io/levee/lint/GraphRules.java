package io.levee.lint;

import io.levee.config.LeveeConfig;
import io.levee.config.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What several files say together. A file that names its service ({@code facts.service}) is what a downstream of that
 * name in another file calls.
 */
final class GraphRules {
    /** All layers together may send the last one twice what it would get without retries. */
    private static final double MOST = 2.0;

    /** Below, a layer does not multiply. */
    private static final double MULTIPLIES = 1.05;

    /** Ways through a graph that are followed; more than a person's has, and a graph of hostile make has 2^n. */
    private static final int MOST_STEPS = 100_000;

    private final List<Subject> subjects;
    private final Map<String, List<Subject>> callsOf = new HashMap<>();
    private final Map<String, List<Subject>> callersOf = new HashMap<>();
    private int steps;
    private List<Subject> worstWay = List.of();
    private double worst;

    private GraphRules(List<Subject> subjects) {
        this.subjects = subjects;
        for (Subject subject : subjects) {
            String service = subject.config.facts().service();
            if (service != null) {
                callsOf.computeIfAbsent(service, name -> new ArrayList<>()).add(subject);
            }
            if (!subject.target().equals(service)) {
                callersOf
                        .computeIfAbsent(subject.target(), name -> new ArrayList<>())
                        .add(subject);
            }
        }
    }

    static void check(List<Subject> subjects) {
        GraphRules rules = new GraphRules(subjects);
        for (Subject subject : subjects) {
            rules.caller(subject);
        }
        rules.layers();
    }

    // --- how long the caller waits -----------------------------------------------------------------------------------

    private void caller(Subject subject) {
        LeveeConfig config = subject.config;
        if (config.facts().deadlineFromCaller()) {
            return;
        }
        Duration wait = config.facts().callerTimeout();
        String who = "the caller (facts.callerTimeout, " + config.place("facts", "callerTimeout") + ")";
        String service = config.facts().service();
        for (Subject caller : service == null ? List.<Subject>of() : callersOf.getOrDefault(service, List.of())) {
            Duration patience = caller.longestAttempt();
            if (patience != null && (wait == null || patience.compareTo(wait) < 0)) {
                wait = patience;
                who = name(caller) + " (" + place(caller) + ")";
            }
        }
        Duration longest = subject.worst.total();
        if (wait == null || (longest != null && longest.compareTo(wait) <= 0)) {
            return;
        }
        subject.report(
                Rule.LONGER_THAN_CALLER,
                "deadline",
                who + " waits " + Figures.text(wait) + ", and a call to " + subject.name + " may take "
                        + (longest == null ? "for ever" : Figures.text(longest))
                        + ": the rest is work for a caller who has gone",
                "write deadline: " + Figures.setting(wait)
                        + " or less, or facts: {deadlineFromCaller: true} if the service takes its caller's deadline over");
    }

    /** Where a caller says how long it waits. */
    private static Place place(Subject caller) {
        Duration timeout = caller.settings.attemptTimeout();
        return caller.place(timeout != null && timeout.equals(caller.longestAttempt()) ? "attemptTimeout" : "deadline");
    }

    private static String name(Subject caller) {
        String service = caller.config.facts().service();
        return service == null ? "the caller" : service;
    }

    // --- how often the last layer is asked ---------------------------------------------------------------------------

    private void layers() {
        Set<Subject> seen = new HashSet<>();
        // First where calls come in from outside; what is then unseen goes round in a circle.
        for (boolean entries : new boolean[] {true, false}) {
            for (Subject subject : subjects) {
                String service = subject.config.facts().service();
                boolean called = service != null && callersOf.containsKey(service);
                if (called != entries && !seen.contains(subject)) {
                    worst = 0;
                    worstWay = List.of();
                    follow(subject, new ArrayList<>(), 1, seen);
                    report(subject);
                }
            }
        }
    }

    private void follow(Subject subject, List<Subject> way, double before, Set<Subject> seen) {
        if (way.contains(subject) || ++steps > MOST_STEPS) {
            return;
        }
        seen.add(subject);
        List<Subject> next = callsOf.getOrDefault(subject.target(), List.of());
        if (way.isEmpty() && next.isEmpty()) {
            return;
        }
        way.add(subject);
        double product = before * subject.requestsPerCall();
        long multiplying = way.stream()
                .filter(layer -> layer.requestsPerCall() > MULTIPLIES)
                .count();
        if (multiplying > 1 && product > worst) {
            worst = product;
            worstWay = List.copyOf(way);
        }
        for (Subject each : next) {
            follow(each, way, product, seen);
        }
        way.remove(way.size() - 1);
    }

    private void report(Subject first) {
        if (worst <= MOST) {
            return;
        }
        Subject last = worstWay.get(worstWay.size() - 1);
        first.report(
                Rule.LAYERS_MULTIPLY,
                "retry",
                worstWay.stream()
                                .map(layer -> layer.name + " " + Figures.text(layer.requestsPerCall()))
                                .collect(Collectors.joining(" x "))
                        + " = " + Figures.text(worst) + " requests at " + last.name + " (" + last.place("")
                        + ") for each call while it refuses all",
                "let one layer retry, the one next to the fault: write retry: none in the others, or leave their"
                        + " retryBudget out for the default");
    }
}
