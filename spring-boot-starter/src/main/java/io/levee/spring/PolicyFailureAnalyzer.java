package io.levee.spring;

import io.levee.config.PolicyFileException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/** Says what is wrong with the policy file, in place of a stack trace. */
final class PolicyFailureAnalyzer implements FailureAnalyzer {
    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PolicyFileException) {
                return new FailureAnalysis(
                        "The policy file cannot be used:\n\n" + cause.getMessage(),
                        "Mend what is named above. 'levee lint' checks the file without the application.",
                        cause);
            }
            if (cause instanceof PolicyNotFoundException) {
                return new FailureAnalysis(
                        String.valueOf(cause.getMessage()),
                        "Set " + Policy.PROPERTY
                                + " to a file, such as classpath:levee.yaml or file:/etc/shop/levee.yaml,"
                                + " or leave it out.",
                        cause);
            }
        }
        return null;
    }
}
