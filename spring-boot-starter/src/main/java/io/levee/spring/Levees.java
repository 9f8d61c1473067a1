package io.levee.spring;

import io.levee.Levee;
import io.levee.config.LeveeConfig;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The application's Levees by the name of their downstream: one for each, built when it is first asked for and closed with the
 * application.
 *
 * <p>Without a policy file any name is a downstream with the library's defaults. With one, only those that it names: a name
 * that is misspelt must not run unguarded by what the file says. Thread-safe.
 */
public final class Levees implements AutoCloseable {
    private final @Nullable LeveeConfig policy;
    private final List<LeveeCustomizer> customizers;
    private final Map<String, Levee> built = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Levees(@Nullable LeveeConfig policy, List<LeveeCustomizer> customizers) {
        this.policy = policy;
        this.customizers = List.copyOf(customizers);
    }

    /**
     * The Levee of a downstream, always the same one.
     *
     * @param downstream its name
     * @return what guards it
     * @throws IllegalArgumentException if there is a policy file and it does not name it
     * @throws IllegalStateException if the application is being closed and has none of that name yet
     */
    public Levee get(String downstream) {
        return built.computeIfAbsent(downstream, this::build);
    }

    private Levee build(String downstream) {
        if (closed) {
            throw new IllegalStateException(
                    "the application is being closed; no Levee for " + downstream + " any more");
        }
        Levee.Builder builder = policy == null ? Levee.named(downstream) : policy.builder(downstream);
        customizers.forEach(customizer -> customizer.customize(downstream, builder));
        return builder.build();
    }

    /**
     * The downstreams of the policy file.
     *
     * @return their names in the order of the file; empty without one
     */
    public Set<String> named() {
        return policy == null ? Set.of() : policy.names();
    }

    /**
     * The Levees that were built so far.
     *
     * @return by name, in alphabetical order; a copy
     */
    public Map<String, Levee> built() {
        return Collections.unmodifiableMap(new ConcurrentSkipListMap<>(built));
    }

    /** Closes all: what waits is ended, later calls are refused. */
    @Override
    public void close() {
        closed = true;
        built.values().forEach(Levee::close);
    }
}
