package io.levee.guard.slo.openslo;

import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.Exclusion;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Slices;
import io.levee.guard.slo.Span;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.yaml.Problem;
import io.levee.yaml.read.Document;
import io.levee.yaml.read.Problems;
import io.levee.yaml.read.Section;
import io.levee.yaml.read.Shown;
import io.levee.yaml.read.Suggestion;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads Levee's annotations of an objective. What is more than one word is YAML inside the annotation's text. */
final class AdditionsReader {
    static final String PREFIX = "levee.io/";

    private static final List<String> KEYS = List.of(
            PREFIX + "minimum-total",
            PREFIX + "degraded-weight",
            PREFIX + "no-data",
            PREFIX + "earlier-targets",
            PREFIX + "exclusions",
            PREFIX + "burn-rules",
            PREFIX + "minimum-bad",
            PREFIX + "gate");

    private final Fields fields;

    AdditionsReader(Fields fields) {
        this.fields = fields;
    }

    /** The defaults for whatever is left out or wrong. */
    Additions read(Section document) {
        Section metadata = document.names("metadata");
        Section notes = metadata == null ? null : metadata.names("annotations");
        if (notes == null) {
            return Additions.NONE;
        }
        for (String key : notes.keys()) {
            if (key.startsWith(PREFIX) && !KEYS.contains(key)) {
                notes.problem(key, "is no annotation of Levee's" + Suggestion.wayOut(key, KEYS));
            }
        }
        Additions none = Additions.NONE;
        return new Additions(
                or(count(notes, "minimum-total", 0), none.minimumTotal()),
                or(
                        notes.value(PREFIX + "degraded-weight", "a number from 0 to 1", AdditionsReader::weight),
                        none.degradedWeight()),
                or(notes.value(PREFIX + "no-data", "exclude, good or bad", AdditionsReader::noData), none.noData()),
                list(notes, "earlier-targets", this::earlier),
                list(notes, "exclusions", this::exclusion),
                or(
                        notes.value(PREFIX + "burn-rules", "a list such as page-1h,page-6h", AdditionsReader::rules),
                        none.burnRules()),
                or(count(notes, "minimum-bad", 1), none.minimumBad()),
                gate(notes));
    }

    private static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    private static @Nullable Long count(Section notes, String key, long least) {
        return notes.value(PREFIX + key, "a whole number", text -> {
            if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) < least) {
                throw new IllegalArgumentException(
                        "must be a whole number from " + least + ", is " + Shown.quoted(text));
            }
            return Long.valueOf(text);
        });
    }

    private static Ratio weight(String text) {
        Ratio weight = Ratio.parse(text);
        if (weight.signum() < 0 || weight.compareTo(Ratio.ONE) > 0) {
            throw new IllegalArgumentException("must be from 0 (as a good event) to 1 (as a bad one), is " + weight);
        }
        return weight;
    }

    private static Slices.NoData noData(String text) {
        for (Slices.NoData each : Slices.NoData.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
                return each;
            }
        }
        throw new IllegalArgumentException("must be exclude, good or bad, is " + Shown.quoted(text));
    }

    private static List<BurnRule> rules(String text) {
        List<BurnRule> rules = new ArrayList<>();
        List<String> names = BurnRule.STANDARD.stream().map(BurnRule::name).toList();
        if (text.equals("none")) {
            return rules;
        }
        for (String name : text.split(",", -1)) {
            int index = names.indexOf(name.strip());
            if (index < 0) {
                throw new IllegalArgumentException(
                        Shown.quoted(name.strip()) + " is no burn-rate rule" + Suggestion.wayOut(name.strip(), names));
            }
            rules.add(BurnRule.STANDARD.get(index));
        }
        return List.copyOf(rules);
    }

    static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    Shown.quoted(text) + " is no time zone; write one of IANA's names, such as Europe/Berlin or UTC",
                    e);
        }
    }

    // --- annotations that hold YAML ---------------------------------------------------------------------------------

    /** Reads the YAML of an annotation; its problems get the annotation's place, and their line where it is a block. */
    private <T> @Nullable T inner(Section notes, String key, Function<Node, @Nullable T> reader, Inner made) {
        if (!(notes.node(PREFIX + key) instanceof ScalarNode scalar)) {
            if (notes.has(PREFIX + key)) {
                notes.problem(PREFIX + key, "must be a text that holds YAML; write a | behind the name");
            }
            return null;
        }
        Problems problems = made.problems();
        T read = null;
        try {
            Node root = Document.read(problems, "", scalar.getValue(), "- ");
            read = root == null ? null : reader.apply(root);
            problems.check();
        } catch (OpenSloException found) {
            Mark mark = scalar.getStartMark().orElse(null);
            boolean block = scalar.getScalarStyle() == ScalarStyle.LITERAL;
            for (Problem each : found.problems()) {
                notes.problems()
                        .add(
                                mark == null ? 1 : mark.getLine() + 1 + (block ? each.line() : 0),
                                block || mark == null ? each.column() : mark.getColumn() + 1,
                                notes.path(PREFIX + key) + each.path(),
                                each.message());
            }
            return null;
        }
        return read;
    }

    /** The problems of one annotation's text. */
    private record Inner(Problems problems) {
        static Inner made() {
            return new Inner(new Problems("", OpenSloException::new));
        }
    }

    private <T> List<T> list(Section notes, String key, Function<Section, @Nullable T> element) {
        Inner inner = Inner.made();
        List<T> read = inner(
                notes,
                key,
                root -> {
                    List<T> elements = new ArrayList<>();
                    if (!(root instanceof SequenceNode sequence)) {
                        inner.problems().add(root, "", "must be a list of blocks; begin each with -");
                        return elements;
                    }
                    for (Node each : sequence.getValue()) {
                        Section section = Section.open(inner.problems(), "[" + elements.size() + "]", each);
                        T value = section == null ? null : element.apply(section);
                        if (value == null) {
                            break;
                        }
                        elements.add(value);
                    }
                    return elements;
                },
                inner);
        return read == null ? List.of() : List.copyOf(read);
    }

    private Terms.@Nullable EarlierTarget earlier(Section section) {
        only(section, List.of("until", "target", "author", "reason"));
        Instant until = section.value("until", "an instant", text -> {
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        Shown.quoted(text) + " is no instant; write such as 2026-11-25T00:00:00Z", e);
            }
        });
        Ratio target = section.value("target", "a number such as 0.999", Ratio::parse);
        String author = needed(section, "author");
        String reason = needed(section, "reason");
        missing(section, "until");
        missing(section, "target");
        return until == null || target == null || author == null || reason == null
                ? null
                : section.tried(() -> new Terms.EarlierTarget(until, target, author, reason));
    }

    private @Nullable Exclusion exclusion(Section section) {
        only(section, List.of("name", "start", "timeZone", "duration", "rrule", "author", "reason"));
        String name = needed(section, "name");
        LocalDateTime start = section.value("start", "a local time", text -> {
            try {
                return LocalDateTime.parse(text.replace(' ', 'T'));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        Shown.quoted(text) + " is no local time; write it without a zone, such as 2026-01-04T02:00", e);
            }
        });
        ZoneId zone = section.value("timeZone", "a time zone", AdditionsReader::zone);
        Duration length = section.value(
                "duration", "a duration such as 2h", text -> Span.parse(text).toDuration());
        String rule = fields.text(section, "rrule");
        String author = needed(section, "author");
        String reason = needed(section, "reason");
        for (String key : List.of("start", "timeZone", "duration")) {
            missing(section, key);
        }
        if (name == null || start == null || zone == null || length == null || author == null || reason == null) {
            return null;
        }
        return section.tried(() -> Exclusion.of(name, start, zone, length, rule, author, reason));
    }

    private GatePolicy gate(Section notes) {
        GatePolicy standard = GatePolicy.DEFAULT;
        Inner inner = Inner.made();
        GatePolicy read = inner(
                notes,
                "gate",
                root -> {
                    Section section = Section.open(inner.problems(), "", root);
                    if (section == null) {
                        return null;
                    }
                    only(
                            section,
                            List.of("unit", "staging", "canary", "canaryWithin", "minimumEvents", "minimumStable"));
                    String unit = section.word("unit", List.of("total", "budget"));
                    Ratio staging = section.value("staging", "a percentage", Ratio::parse);
                    Ratio canary = section.value("canary", "a percentage", Ratio::parse);
                    Span within = section.value("canaryWithin", "a duration such as 24h", Span::parse);
                    Integer events = section.integer("minimumEvents", Integer::valueOf);
                    Integer stable = section.integer("minimumStable", Integer::valueOf);
                    return section.tried(() -> new GatePolicy(
                            "budget".equals(unit) ? GatePolicy.Unit.BUDGET : standard.unit(),
                            or(staging, standard.staging()),
                            or(canary, standard.canary()),
                            within == null ? standard.canaryWithin() : within.toDuration(),
                            events == null ? null : (Long) events.longValue(),
                            stable == null ? standard.minimumStable() : stable));
                },
                inner);
        return read == null ? standard : read;
    }

    private static void only(Section section, List<String> known) {
        for (String key : section.keys()) {
            if (!known.contains(key)) {
                section.problem(key, "is not known" + Suggestion.wayOut(key, known));
            }
        }
    }

    private static void missing(Section section, String key) {
        if (!section.has(key)) {
            section.problem(key + " is missing");
        }
    }

    private @Nullable String needed(Section section, String key) {
        missing(section, key);
        return fields.text(section, key);
    }
}
