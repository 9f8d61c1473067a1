package io.levee.guard.views;

/** Objectives for tests. */
final class Documents {
    private Documents() {}

    /** By events, without anything else. */
    static String plain(String name, String service, String target) {
        return of(name, service, "", "Occurrences", "28d", "target: " + target);
    }

    /** With annotations, each line indented by four spaces. */
    static String of(String name, String service, String annotations, String method, String window, String objective) {
        String notes = annotations.isEmpty() ? "" : "  annotations:\n" + annotations.stripTrailing() + "\n";
        return """
               apiVersion: openslo/v1
               kind: SLO
               metadata:
                 name: %s
               %sspec:
                 service: %s
                 indicator:
                   metadata:
                     name: %s-ok
                   spec:
                     ratioMetric:
                       counter: true
                       bad:
                         metricSource:
                           type: levee
                           spec: {}
                       total:
                         metricSource:
                           type: levee
                           spec: {}
                 timeWindow:
                   - duration: %s
                     isRolling: true
                 budgetingMethod: %s
                 objectives:
                   - %s
               """.formatted(name, notes, service, name, window, method, objective);
    }
}
