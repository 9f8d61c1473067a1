package io.levee;

/** A user's rule in front of another classifier. */
final class RuleClassifier implements Classifier {
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
        return verdict == null ? next.classify(outcome) : verdict.ofUser();
    }

    @Override
    public boolean judgesValues() {
        return rulesOnValues || next.judgesValues();
    }
}
