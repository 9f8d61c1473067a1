package io.levee.spring;

import io.levee.Levee;

/**
 * A bean that adds to the Levees which {@link Levees} builds: listeners, a classifier, an executor. Called once for each
 * downstream, before it is built, in the order of the beans.
 */
@FunctionalInterface
public interface LeveeCustomizer {
    /**
     * Adds to a builder that has the policy file's settings already; those cannot be set again.
     *
     * @param downstream whose
     * @param builder what to add to
     */
    void customize(String downstream, Levee.Builder builder);
}
