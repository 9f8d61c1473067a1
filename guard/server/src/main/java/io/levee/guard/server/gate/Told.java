package io.levee.guard.server.gate;

import io.levee.guard.slo.gate.Answer;
import io.levee.guard.slo.gate.Decision;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the gate tells whoever asked: its decision, and the approval that turns a pause into a pass. Immutable.
 *
 * @param decision from the counts alone
 * @param approval that holds now; null without one
 * @param seq the entry of the record; -1 if it was not recorded
 */
public record Told(Decision decision, @Nullable Approval approval, long seq) {
    /**
     * The answer that counts.
     *
     * @return pass for a pause that is approved
     */
    public Answer answer() {
        return isApproved() ? Answer.PASS : decision.answer();
    }

    /**
     * Why.
     *
     * @return one sentence with the figures
     */
    public String reason() {
        return approval != null && isApproved()
                ? "approved by " + approval.by() + " until " + approval.until() + " (" + approval.reason() + "); "
                        + decision.reason()
                : decision.reason();
    }

    private boolean isApproved() {
        return approval != null && decision.answer() == Answer.PAUSE;
    }

    /**
     * As JSON: the decision's own fields, with the answer that counts.
     *
     * @return a new map
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = decision.toMap();
        map.put("decision", answer().toString());
        map.put("exitCode", answer().exitCode());
        map.put("reason", reason());
        map.put("approval", approvalMap());
        return map;
    }

    Map<String, @Nullable Object> approvalMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("needed", decision.answer() == Answer.PAUSE);
        map.put("role", "lead");
        map.put("by", approval == null ? null : approval.by());
        map.put("at", approval == null ? null : approval.at().toString());
        map.put("until", approval == null ? null : approval.until().toString());
        return map;
    }
}
