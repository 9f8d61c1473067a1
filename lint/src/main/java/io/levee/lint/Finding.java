package io.levee.lint;

import io.levee.config.Place;

/**
 * One thing in a policy that will hurt. Immutable.
 *
 * @param rule the rule that found it
 * @param place where the setting stands; where the file leaves it out, the block which would hold it
 * @param downstream the downstream's name in that file
 * @param setting the setting, such as {@code retry.jitter}
 * @param reason why it will hurt, with the figures of this policy
 * @param fix what to write instead
 */
public record Finding(Rule rule, Place place, String downstream, String setting, String reason, String fix) {
    /**
     * The finding as one line, in the form that editors and terminals make a link of.
     *
     * @return {@code file:line:column: rule: downstream.setting: reason}
     */
    @Override
    public String toString() {
        return place + ": " + rule.id() + ": " + downstream + '.' + setting + ": " + reason;
    }
}
