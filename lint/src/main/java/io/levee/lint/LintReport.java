package io.levee.lint;

import java.util.List;

/**
 * What the linter found in some files. Immutable.
 *
 * @param files how many files were looked at
 * @param downstreams how many downstreams they name
 * @param findings what will hurt, in the order of the files and of the lines in them
 * @param ignored what was found, and is ignored by the file's own {@code lintIgnore}
 */
public record LintReport(int files, int downstreams, List<Finding> findings, List<Ignored> ignored) {
    /**
     * Copies the lists.
     *
     * @param files see above
     * @param downstreams see above
     * @param findings see above
     * @param ignored see above
     */
    public LintReport {
        findings = List.copyOf(findings);
        ignored = List.copyOf(ignored);
    }

    /**
     * A finding that the file says to ignore.
     *
     * @param finding what was found
     * @param because the file's reason
     */
    public record Ignored(Finding finding, String because) {}
}
