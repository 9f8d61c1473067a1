package io.levee.guard.review;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a role said.
 *
 * @param seat the role
 * @param yes whether it is for the new target
 * @param reason why
 * @param by whose token
 * @param at when
 */
record Vote(Seat seat, boolean yes, String reason, String by, Instant at) {
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("role", seat.toString());
        map.put("vote", yes ? "yes" : "no");
        map.put("reason", reason);
        map.put("by", by);
        map.put("at", at.toString());
        return map;
    }
}
