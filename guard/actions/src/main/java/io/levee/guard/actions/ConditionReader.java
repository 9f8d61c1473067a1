package io.levee.guard.actions;

import io.levee.guard.slo.Ratio;
import io.levee.yaml.read.Durations;
import io.levee.yaml.read.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads conditions: a block with exactly one figure, or with all or any of a list of such blocks. */
final class ConditionReader {
    private static final List<String> KINDS = List.of("burnRate", "badShare", "spent", "left", "all", "any");
    private static final int DEEPEST = 5;

    /** Fewer events than this and one of them is more than 5 %. */
    private static final long DEFAULT_SHARE_MINIMUM = 20;

    private static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofDays(28);

    private ConditionReader() {}

    /** Null if absent, and with a problem if it is wrong. */
    static @Nullable Condition read(Section parent, String key) {
        Section section = parent.section(key, KINDS);
        return section == null ? null : read(section, 1);
    }

    private static @Nullable Condition read(Section section, int depth) {
        List<String> given = KINDS.stream().filter(section::has).toList();
        if (given.size() != 1) {
            section.problem("must have exactly one of " + String.join(", ", KINDS) + ", has " + given.size()
                    + (given.size() > 1 ? "; put them into a list: all: [...]" : ""));
            return null;
        }
        String kind = given.get(0);
        return switch (kind) {
            case "all", "any" -> list(section, kind, depth);
            case "burnRate" -> burnRate(section.section(kind, List.of("over", "above", "below", "minimum", "slo")));
            case "badShare" -> badShare(section.section(kind, List.of("over", "above", "below", "minimum", "slo")));
            case "spent" -> spent(section.section(kind, List.of("over", "above", "below", "of", "slo")));
            default -> left(section.section(kind, List.of("above", "below", "slo")));
        };
    }

    private static @Nullable Condition list(Section section, String kind, int depth) {
        if (depth >= DEEPEST) {
            section.problem(kind, "is deeper than " + DEEPEST + " levels; write it flatter");
            return null;
        }
        List<Section> blocks = section.sections(kind, KINDS);
        List<Condition> parts = new ArrayList<>();
        for (Section block : blocks) {
            Condition part = read(block, depth + 1);
            if (part != null) {
                parts.add(part);
            }
        }
        if (blocks.isEmpty()) {
            section.problem(kind, "needs at least one condition");
        }
        if (parts.isEmpty()) {
            return null;
        }
        return kind.equals("all") ? new Condition.All(parts) : new Condition.Any(parts);
    }

    private static @Nullable Condition burnRate(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        return leaf(
                section, Kind.BURN_RATE, over(section), limit(section, ConditionReader::positive), minimum(section, 1));
    }

    private static @Nullable Condition badShare(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        return leaf(
                section,
                Kind.BAD_SHARE,
                over(section),
                limit(section, ConditionReader::share),
                minimum(section, DEFAULT_SHARE_MINIMUM));
    }

    private static @Nullable Condition spent(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        if (!section.has("of")) {
            section.problem("of is missing; write of: budget (a share of the error budget)"
                    + " or of: total (points of all events of the window)");
        }
        String of = section.word("of", List.of("budget", "total"));
        Kind kind = "total".equals(of) ? Kind.SPENT_OF_TOTAL : Kind.SPENT_OF_BUDGET;
        return leaf(section, kind, over(section), limit(section, ConditionReader::share), 0);
    }

    private static @Nullable Condition left(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        String written = section.text(section.has("above") ? "above" : "below", 100);
        boolean percent = written == null || written.endsWith("%");
        Limit limit = limit(section, percent ? ConditionReader::leftShare : ConditionReader::milliseconds);
        return leaf(section, percent ? Kind.LEFT : Kind.LEFT_MS, Duration.ZERO, limit, 0);
    }

    private static @Nullable Condition leaf(
            Section section, Kind kind, @Nullable Duration over, @Nullable Limit limit, long minimum) {
        String slo = section.text("slo");
        return over == null || limit == null ? null : new Condition.Leaf(kind, slo, over, limit, minimum);
    }

    private static @Nullable Duration over(Section section) {
        if (!section.has("over")) {
            section.problem("over is missing: how far back to look, such as 1h");
        }
        return section.duration("over", given -> {
            if (given.compareTo(SHORTEST) < 0 || given.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("must be from " + Rounded.duration(SHORTEST) + " to "
                        + Rounded.duration(LONGEST) + ", is " + Rounded.duration(given));
            }
            if (given.toMillis() % SHORTEST.toMillis() != 0) {
                throw new IllegalArgumentException(
                        "must be a whole multiple of 10s, in which counts are kept, is " + Rounded.duration(given));
            }
            return given;
        });
    }

    private static long minimum(Section section, long otherwise) {
        Integer minimum = section.integer("minimum", count -> {
            if (count < 1) {
                throw new IllegalArgumentException("must be 1 or more events, is " + count);
            }
            return count;
        });
        return minimum == null ? otherwise : minimum;
    }

    private static @Nullable Limit limit(Section section, java.util.function.Function<String, Ratio> reader) {
        boolean above = section.has("above");
        if (above == section.has("below")) {
            section.problem("must have exactly one of above and below");
            return null;
        }
        return section.value(above ? "above" : "below", "a number", text -> new Limit(above, reader.apply(text), text));
    }

    private static Ratio positive(String text) {
        Ratio rate = Ratio.parse(text);
        if (rate.signum() <= 0) {
            throw new IllegalArgumentException("must be more than 0, is " + rate);
        }
        return rate;
    }

    private static Ratio share(String text) {
        Ratio share = Ratio.parse(text);
        if (share.signum() < 0 || share.compareTo(Ratio.ONE) > 0) {
            throw new IllegalArgumentException("must be a share from 0 to 1 or a percentage up to 100%, is " + text
                    + (text.endsWith("%") ? "" : "; did you mean " + text + "%?"));
        }
        return share;
    }

    /** May be negative: more was spent than there was. */
    private static Ratio leftShare(String text) {
        Ratio share = Ratio.parse(text);
        if (share.compareTo(Ratio.ONE) > 0) {
            throw new IllegalArgumentException("must be at most 100%, is " + text);
        }
        return share;
    }

    private static Ratio milliseconds(String text) {
        try {
            return Ratio.of(Durations.parse(text).toMillis());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must be a percentage of the budget such as 20%, or time of it such as 5m; " + e.getMessage(), e);
        }
    }
}
