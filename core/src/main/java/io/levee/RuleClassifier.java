package io.levee;

/** A user's rule in front of another classifier. */
final class RuleClassifier implements Classifier {
    /** Begins the names of users' rules, so that metrics tell them from Levee's own and the engine lets them win. */
    static final String PREFIX = "user:";

    private final Classifier.Rule rule;
    private final Classifier next;
    private final boolean rulesOnValues;

    RuleClassifier(Classifier.Rule rule, Classifier next, boolean rulesOnValues) {
        this.rule = rule;
        this.next = next;
        this.rulesOnValues = rulesOnValues;
    }

    @Override
    public Verdict classify(Outcome outcome) {
        Verdict verdict = rule.apply(outcome);
        if (verdict == null) {
            return next.classify(outcome);
        }
        return verdict.isSuccess() || verdict.rule().startsWith(PREFIX)
                ? verdict
                : verdict.renamed(PREFIX + verdict.rule());
    }

    @Override
    public boolean judgesValues() {
        return rulesOnValues || next.judgesValues();
    }
}
