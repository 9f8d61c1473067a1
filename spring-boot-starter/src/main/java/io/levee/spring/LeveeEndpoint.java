package io.levee.spring;

import io.levee.Levee;
import io.levee.LeveeState;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** {@code /actuator/levee}: the state of each downstream, and {@code /actuator/levee/{downstream}}. Thread-safe. */
@Endpoint(id = "levee")
public final class LeveeEndpoint {
    private final Levees levees;

    LeveeEndpoint(Levees levees) {
        this.levees = levees;
    }

    /**
     * All that were built so far.
     *
     * @return by name
     */
    @ReadOperation
    public Map<String, Object> downstreams() {
        Map<String, LeveeState> states = new TreeMap<>();
        levees.built().forEach((name, levee) -> states.put(name, levee.state()));
        return Map.of("downstreams", states);
    }

    /**
     * One of them.
     *
     * @param downstream its name
     * @return null if there is none
     */
    @ReadOperation
    public @Nullable LeveeState downstream(@Selector String downstream) {
        Levee levee = levees.built().get(downstream);
        return levee == null ? null : levee.state();
    }
}
