package io.levee.guard.review;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.web.WebException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** What a new target changes in the OpenSLO file, as a unified diff that {@code git apply} and {@code patch} take. */
final class TargetDiff {
    private static final int CONTEXT = 3;

    private TargetDiff() {}

    static String of(Catalog catalog, Watched watched, Ratio target, Terms.EarlierTarget before) {
        OpenSloFile file = catalog.file(watched.slo());
        OpenSloFile changed;
        try {
            changed = file.withTarget(watched.slo().name(), target, before);
        } catch (IllegalArgumentException e) {
            throw new WebException(409, String.valueOf(e.getMessage()));
        }
        return unified(name(file), file.text(), changed.text());
    }

    /** Files of one folder: the path on this machine is of no use to others. */
    static String name(OpenSloFile file) {
        Path name = Path.of(file.name()).getFileName();
        return name == null ? file.name() : name.toString();
    }

    private static String unified(String name, String before, String after) {
        List<String> old = lines(before);
        List<String> diff = UnifiedDiffUtils.generateUnifiedDiff(
                "a/" + name, "b/" + name, old, DiffUtils.diff(old, lines(after)), CONTEXT);
        return String.join("\n", diff) + "\n";
    }

    private static List<String> lines(String text) {
        String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        return Arrays.asList(body.split("\n", -1));
    }

    /** What the annotation keeps of the present target. */
    static Terms.EarlierTarget earlier(Watched watched, Instant now, Instant until, String author, String reason) {
        return new Terms.EarlierTarget(until, watched.target(now), author, reason);
    }
}
