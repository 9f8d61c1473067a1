package io.levee.guard.slo.openslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.Window;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.yaml.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSLO documents, read and written. */
public class OpenSloFileTest {
    /** A file of the test resources. */
    public static OpenSloFile file(String name) throws IOException {
        return OpenSloFile.load(Path.of("src", "test", "resources", "openslo", name));
    }

    private static final Catalog SHOP = shop();

    private static Catalog shop() {
        try {
            return Catalog.of(List.of(file("shop.yaml")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void readsEveryKindOfDocument() throws IOException {
        assertThat(file("shop.yaml").objects())
                .extracting(OpenSloObject::kind)
                .containsExactly(
                        "Service",
                        "DataSource",
                        "SLI",
                        "AlertCondition",
                        "AlertNotificationTarget",
                        "AlertPolicy",
                        "SLO");
        assertThat(SHOP.warnings()).isEmpty();
        Slo slo = SHOP.slo("order-submit");
        assertThat(slo.service()).isEqualTo("shop");
        assertThat(slo.method()).isEqualTo(Slo.Method.OCCURRENCES);
        assertThat(slo.window()).isEqualTo(new Window.Rolling(Span.parse("4w")));
        assertThat(slo.objectives()).hasSize(1);
        assertThat(slo.objectives().get(0).target()).isEqualTo(Ratio.parse("0.9995"));
        assertThat(slo.metadata().labels())
                .containsEntry("team", List.of("checkout"))
                .containsEntry("tags", List.of("money", "users"));
        assertThat(slo.metadata().annotations()).containsEntry("example.com/dashboard", "abc");
        Sli sli = SHOP.sli(slo);
        assertThat(sli.ratio().bad().query()).isEqualTo("orders_total{code=~\"5..\"}");
        assertThat(sli.ratio().counter()).isTrue();
        AlertPolicy policy = (AlertPolicy) SHOP.objects().get(5);
        assertThat(policy.alertWhenBreaching()).isTrue();
        assertThat(policy.conditionRef()).isEqualTo("fast-burn");
        assertThat(policy.targetRefs()).containsExactly("on-call");
        assertThat(((AlertCondition) SHOP.objects().get(3)).threshold()).isEqualTo(Ratio.parse("13.44"));
    }

    @Test
    void readsLeveesAnnotations() {
        Additions additions = SHOP.slo("order-submit").additions();
        assertThat(additions.minimumTotal()).isEqualTo(5_990);
        assertThat(additions.degradedWeight()).isEqualTo(Ratio.of(1, 2));
        assertThat(additions.minimumBad()).isEqualTo(5);
        assertThat(additions.burnRules()).isEqualTo(BurnRule.STANDARD);
        assertThat(additions.gate()).isEqualTo(GatePolicy.DEFAULT.withMinimumEvents(1_000));
        assertThat(additions.earlier()).hasSize(1);
        assertThat(additions.earlier().get(0).until()).isEqualTo(Instant.parse("2026-11-01T00:00:00Z"));
        assertThat(additions.exclusions()).hasSize(1);
        assertThat(additions.exclusions().get(0).rule()).isEqualTo("FREQ=WEEKLY;BYDAY=SU");
        assertThat(additions.exclusions().get(0).author()).isEqualTo("bob");
        assertThat(SHOP.slo("order-submit").terms(0).objective().minimumTotal()).isEqualTo(5_990);
    }

    @Test
    void readsThresholdsSlicesAndCalendars() throws IOException {
        Catalog shapes = Catalog.of(List.of(file("shapes.yaml"), file("calendar.yaml")));
        Slo latency = shapes.slo("payment-latency");
        assertThat(latency.objectives().get(0).op()).isEqualTo("lte");
        assertThat(latency.objectives().get(0).value()).isEqualByComparingTo("800");
        assertThat(latency.objectives().get(0).target()).isEqualTo(Ratio.parse("0.995"));
        assertThat(latency.objectives().get(0).slice()).isEqualTo(Span.parse("1m"));
        assertThat(shapes.slo("lookups").objectives().get(1).sliceTarget()).isEqualTo(Ratio.of(1, 2));
        assertThat(shapes.slo("billing").window())
                .isEqualTo(new Window.Calendar(
                        Span.parse("1M"), LocalDateTime.parse("2026-01-01T00:00"), ZoneId.of("America/New_York")));
        assertThat(shapes.slo("journey").isComposite()).isTrue();
        assertThat(shapes.slo("journey").objectives().get(0).compositeWeight()).isEqualTo(Ratio.of(2));
        assertThat(shapes.warnings())
                .extracting(Problem::message)
                .anyMatch(message -> message.contains("SLI 'bills-sent' is in none of the files"))
                .anyMatch(message -> message.startsWith("is no field of OpenSLO v1; it is kept but not read"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop.yaml", "shapes.yaml", "calendar.yaml"})
    void whatIsWrittenReadsTheSame(String name) throws IOException {
        OpenSloFile file = file(name);
        OpenSloFile again = OpenSloFile.parse(name, OpenSloWriter.write(file.objects()));
        assertThat(again.objects()).usingRecursiveComparison().isEqualTo(file.objects());
        assertThat(again.objects().get(again.objects().size() - 1).tree())
                .isEqualTo(file.objects().get(file.objects().size() - 1).tree());
    }

    @Test
    void unknownFieldsAreKeptToTheDigit() throws IOException {
        assertThat(OpenSloWriter.write(file("calendar.yaml").objects()))
                .contains("inventedByAnotherTool:", "- me", "- 1.50", "- null");
    }

    @Test
    void anotherTargetChangesOneLine() throws IOException {
        OpenSloFile file = file("shop.yaml");
        OpenSloFile changed = file.withTarget("order-submit", 0, Ratio.parse("0.999"));
        assertThat(changed.text()).isEqualTo(file.text().replace("target: 0.9995", "target: 0.999"));
        OpenSloFile percent = file("shapes.yaml").withTarget("payment-latency", 0, Ratio.parse("0.9975"));
        assertThat(percent.text()).contains("targetPercent: 99.75\n");
        assertThatThrownBy(() -> file.withTarget("nobody", 0, Ratio.parse("0.9")))
                .hasMessageContaining("has no objective 0 of an SLO 'nobody'");
        assertThatThrownBy(() -> file.withTarget("order-submit", 0, Ratio.of(2, 3)))
                .hasMessageContaining("2/3 has none");
    }

    @Test
    void textBeforeTheTargetThatIsNoLatinDoesNotMoveIt() {
        String text = "\uFEFF# \uD83D\uDE80 ü\n" + slo("target: 0.99");
        OpenSloFile changed = OpenSloFile.parse("x", text).withTarget("a", 0, Ratio.parse("0.995"));
        assertThat(changed.text()).isEqualTo(text.replace("target: 0.99", "target: 0.995"));
    }

    @Test
    void whatAProgramMadeIsChecked() {
        assertThat(OpenSloWriter.made(List.of(java.util.Map.of(
                                "apiVersion",
                                "openslo/v1",
                                "kind",
                                "Service",
                                "metadata",
                                java.util.Map.of("name", "shop"))))
                        .objects())
                .hasSize(1);
        assertThatThrownBy(() -> OpenSloWriter.made(List.of(java.util.Map.of("kind", "Service"))))
                .isInstanceOf(OpenSloException.class)
                .hasMessageContaining("apiVersion is missing");
    }

    /** An objective with one line of its own. */
    static String slo(String line) {
        return """
                apiVersion: openslo/v1
                kind: SLO
                metadata:
                  name: a
                spec:
                  service: s
                  indicatorRef: i
                  timeWindow:
                    - duration: 28d
                      isRolling: true
                  budgetingMethod: Occurrences
                  objectives:
                    - %s
                """.formatted(line);
    }

    @Test
    void changeOfTargetKeepsWhatWasInForceBefore() {
        Terms.EarlierTarget before = new Terms.EarlierTarget(
                Instant.parse("2026-12-01T00:00:00Z"), Ratio.parse("0.99"), "ann", "say \"why\": 4 of 5\nyes \\ 太低");
        String spec = """
                spec:
                  service: s
                  indicatorRef: i
                  budgetingMethod: Occurrences
                  objectives:
                    - target: 0.99 # kept
                """;
        String head = "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: a\n";
        for (String notes : List.of(
                "",
                "  annotations:\n    team: x\n",
                "  annotations:\n    # why\n    levee.io/minimum-bad: '5'\n",
                "  annotations:\n    levee.io/earlier-targets: |\n\n      - until: 2026-01-01T00:00:00Z\n"
                        + "        target: 0.9\n        author: b\n        reason: c\n")) {
            for (String text : List.of(head + notes + spec, (head + notes + spec).replace("\n", "\r\n"))) {
                OpenSloFile changed = OpenSloFile.parse("a.yaml", text).withTarget("a", Ratio.parse("0.995"), before);
                Slo slo = (Slo) changed.objects().get(0);
                assertThat(slo.terms(0)
                                .at(Instant.parse("2026-11-30T23:59:59Z"))
                                .target())
                        .isEqualTo(Ratio.parse("0.99"));
                assertThat(slo.terms(0).at(before.until()).target()).isEqualTo(Ratio.parse("0.995"));
                assertThat(slo.additions().earlier()).contains(before).hasSize(notes.contains("earlier") ? 2 : 1);
                List<String> kept = new ArrayList<>(text.lines().toList());
                kept.replaceAll(line -> line.replace("target: 0.99 ", "target: 0.995 "));
                assertThat(changed.text().lines().toList()).containsSubsequence(kept);
            }
        }
        String twice = OpenSloFile.parse("a.yaml", head + spec)
                .withTarget("a", Ratio.parse("0.995"), before)
                .text();
        assertThatThrownBy(() -> OpenSloFile.parse("a.yaml", twice).withTarget("a", Ratio.parse("0.996"), before))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2026-12-01T00:00:00Z");
        assertThatThrownBy(() -> OpenSloFile.parse("a.yaml", head.replace("\n  name: a", " {name: a}") + spec)
                        .withTarget("a", Ratio.parse("0.995"), before))
                .hasMessageContaining("one name a line");
    }
}
