package io.levee.guard.slo.openslo;

import io.levee.guard.slo.Ratio;
import io.levee.yaml.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can only be judged with all documents at hand. */
final class Checks {
    private final Catalog catalog;
    private final String file;
    private final List<Problem> wrong;
    private final List<Problem> warnings;

    Checks(Catalog catalog, String file, List<Problem> wrong, List<Problem> warnings) {
        this.catalog = catalog;
        this.file = file;
        this.wrong = wrong;
        this.warnings = warnings;
    }

    void check(OpenSloObject object) {
        if (object instanceof Slo slo) {
            slo(slo);
        } else if (object instanceof Sli sli) {
            sli(sli, "SLI " + sli.metadata().name());
        } else if (object instanceof AlertPolicy policy) {
            policy(policy);
        }
    }

    private void slo(Slo slo) {
        String path = "SLO " + slo.name();
        resolves("SLI", slo.indicatorRef(), path + ".spec.indicatorRef");
        if (slo.indicator() != null) {
            sli(slo.indicator(), path);
        }
        slo.objectives()
                .forEach(target -> resolves("SLI", target.indicatorRef(), path + ".spec.objectives.indicatorRef"));
        for (String reference : slo.alertPolicyRefs()) {
            if (resolves("AlertPolicy", reference, path + ".spec.alertPolicies.alertPolicyRef")
                    && catalog.find("AlertPolicy", reference) instanceof AlertPolicy policy) {
                alert(slo, policy);
            }
        }
        for (AlertPolicy policy : slo.alertPolicies()) {
            policy(policy);
            alert(slo, policy);
        }
    }

    private void policy(AlertPolicy policy) {
        String path = "AlertPolicy " + policy.metadata().name();
        resolves("AlertCondition", policy.conditionRef(), path + ".spec.conditions.conditionRef");
        policy.targetRefs()
                .forEach(reference ->
                        resolves("AlertNotificationTarget", reference, path + ".spec.notificationTargets.targetRef"));
    }

    private void sli(Sli sli, String path) {
        MetricSource threshold = sli.threshold();
        if (threshold != null) {
            resolves("DataSource", threshold.reference(), path + ".metricSourceRef");
        }
        Sli.RatioMetric ratio = sli.ratio();
        if (ratio != null) {
            for (MetricSource source :
                    new @Nullable MetricSource[] {ratio.good(), ratio.bad(), ratio.total(), ratio.raw()}) {
                if (source != null) {
                    resolves("DataSource", source.reference(), path + ".metricSourceRef");
                }
            }
        }
    }

    private boolean resolves(String kind, @Nullable String name, String path) {
        if (name == null) {
            return false;
        }
        if (catalog.find(kind, name) == null) {
            warnings.add(new Problem(
                    file, 1, 1, path, kind + " '" + name + "' is in none of the files; give its file, too"));
            return false;
        }
        return true;
    }

    private void alert(Slo slo, AlertPolicy policy) {
        AlertCondition condition = policy.condition();
        String reference = policy.conditionRef();
        if (condition == null
                && reference != null
                && catalog.find("AlertCondition", reference) instanceof AlertCondition found) {
            condition = found;
        }
        if (condition == null) {
            return;
        }
        for (Slo.Target target : slo.objectives()) {
            Ratio errors = condition.threshold().times(target.target().complement());
            if (errors.compareTo(Ratio.ONE) >= 0) {
                wrong.add(new Problem(
                        file,
                        1,
                        1,
                        "SLO " + slo.name() + ".spec.alertPolicies",
                        "with target " + target.target() + ", AlertCondition '"
                                + condition.metadata().name()
                                + "' at a burn rate of " + condition.threshold()
                                + " can never fire, not even in a full outage: it is a share of failures of " + errors
                                + "; lower the threshold or raise the target"));
            }
        }
    }
}
