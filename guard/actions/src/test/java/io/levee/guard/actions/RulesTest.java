package io.levee.guard.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.store.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When rules fire and when what they did ends, by a clock that the test sets. */
class RulesTest {
    private static final String[] SHIFT = {
        "version: 1",
        "rules:",
        "  shift:",
        "    slo: reads",
        "    when: {badShare: {over: 10s, above: 5%}}",
        "    clear: {badShare: {over: 30s, below: 2%}}",
        "    clearFor: 10s",
        "    coolDown: 1m",
        "    limit: 10m",
        "    advice: '{badPercent} % of {total} reads in {badOver} were late: look at the primary'",
        "    then:",
        "      - signal: {name: orders.reads, weights: {primary: 4, replica: 96}}",
    };

    @TempDir
    Path folder;

    private World world;

    @BeforeEach
    void world() {
        world = new World(folder);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static List<?> signals(Actions guard) {
        return (List<?>) guard.signals().get("signals");
    }

    @SuppressWarnings("unchecked") // signals are maps by name
    private static Map<String, Object> signal(Actions guard) {
        assertThat(signals(guard)).hasSize(1);
        return (Map<String, Object>) signals(guard).get(0);
    }

    @Test
    void aBreachFiresWithinTheNextTickAndEndsWhenItHasBeenClearForItsTime() {
        Actions guard = world.rules(SHIFT).guard();
        world.events(100, 5);
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(signals(guard)).isEmpty(); // 5 of 105 are below 5 %

        world.events(0, 1);
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(signal(guard))
                .containsEntry("name", "orders.reads")
                .containsEntry("value", Map.of("primary", 4, "replica", 96));
        assertThat(world.kinds()).containsExactly("advice", "action.fired");
        assertThat(world.last("advice").data())
                .containsEntry("text", "5.6604 % of 106 reads in 10s were late: look at the primary");

        // Below what fires, and above what is clear: nothing happens. That is the hysteresis.
        for (int i = 0; i < 60; i++) {
            world.events(97, 3);
            world.pass(guard, Duration.ofSeconds(1));
        }
        assertThat(signals(guard)).hasSize(1);

        for (int i = 0; i < 15; i++) {
            world.events(100, 0);
            world.pass(guard, Duration.ofSeconds(1));
        }
        assertThat(signals(guard)).hasSize(1);
        for (int i = 0; i < 15; i++) {
            world.events(100, 0);
            world.pass(guard, Duration.ofSeconds(1));
        }
        assertThat(signals(guard)).isEmpty();
        assertThat(world.kinds()).containsExactly("advice", "action.fired", "advice", "action.undone");
        assertThat(world.last("action.undone").actor()).isEqualTo("guard");
        assertThat(world.last("advice").data()).containsEntry("text", null);
    }

    @Test
    void silenceNeitherFiresNorClearsAndTheTimeLimitEndsIt() {
        Actions guard = world.rules(SHIFT).guard();
        world.pass(guard, Duration.ofSeconds(30));
        assertThat(world.kinds()).isEmpty();
        world.events(0, 19); // fewer than 20 are too few to tell
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(world.kinds()).isEmpty();

        world.events(0, 1);
        world.pass(guard, Duration.ofMinutes(9));
        assertThat(signals(guard)).hasSize(1);
        world.pass(guard, Duration.ofSeconds(61));
        assertThat(signals(guard)).isEmpty();
        assertThat(world.last("action.expired").data().get("reason")).isEqualTo("its time limit of 10m is over");
    }

    @Test
    void aGuardThatIsGoneLeavesNoSignalInForceAfterItsTime() {
        Actions guard = world.rules(SHIFT).guard();
        world.events(0, 20);
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(signals(guard)).hasSize(1);
        world.now = world.now.plus(Duration.ofMinutes(10)); // and nobody ticks
        assertThat(signals(world.guard())).isEmpty();
    }

    @Test
    void afterItsEndARuleCoolsDown() {
        Actions guard = world.rules(SHIFT).guard();
        world.events(0, 20);
        world.pass(guard, Duration.ofSeconds(2));
        guard.undo("shift-" + world.last("action.fired").at().getEpochSecond(), "ann", "a drill");
        assertThat(signals(guard)).isEmpty();
        assertThat(world.last("action.undone").actor()).isEqualTo("ann");
        assertThat(world.last("action.undone").data()).containsEntry("reason", "a drill");
        for (int i = 0; i < 58; i++) {
            world.events(0, 20);
            world.pass(guard, Duration.ofSeconds(1));
        }
        assertThat(state(guard)).isEqualTo("cooling");
        world.events(0, 20);
        world.pass(guard, Duration.ofSeconds(5));
        assertThat(state(guard)).isEqualTo("firing");
    }

    private static String state(Actions guard) {
        return String.valueOf(((Map<?, ?>) ((List<?>) guard.overview(10).get("rules")).get(0)).get("state"));
    }

    @Test
    void aConditionMustHoldForItsTimeWithoutABreak() {
        Actions guard = world.rules(
                        "version: 1",
                        "rules:",
                        "  slow:",
                        "    slo: reads",
                        "    when: {badShare: {over: 10s, above: 50%}}",
                        "    for: 20s",
                        "    then: [{signal: {name: lean, fallback: true}}]")
                .guard();
        for (int i = 0; i < 15; i++) {
            world.events(0, 20);
            world.pass(guard, Duration.ofSeconds(1));
        }
        world.events(1000, 0);
        world.pass(guard, Duration.ofSeconds(1));
        for (int i = 0; i < 33; i++) {
            world.events(0, 20);
            world.pass(guard, Duration.ofSeconds(1));
        }
        assertThat(world.kinds()).isEmpty();
        for (int i = 0; i < 2; i++) {
            world.events(0, 20);
            world.pass(guard, Duration.ofSeconds(1));
        }
        assertThat(world.kinds()).containsExactly("action.fired");
    }

    @Test
    void aDryRunIsOnTheRecordAndDoesNothing() {
        String[] dry = SHIFT.clone();
        dry[6] = "    dryRun: true";
        Actions guard = world.rules(dry).guard();
        world.events(0, 20);
        world.pass(guard, Duration.ofMinutes(2));
        assertThat(world.kinds()).containsOnly("action.dry").hasSize(2);
        assertThat(signals(guard)).isEmpty();
        assertThat(state(guard)).isEqualTo("firing");
        assertThatThrownBy(() -> guard.undo(
                        String.valueOf(world.last("action.dry").data().get("id")), "ann", "x"))
                .hasMessageContaining("dry run");
    }

    @Test
    void aRuleFiresOnlySoOftenADay() {
        Actions guard = world.rules(
                        "version: 1",
                        "rules:",
                        "  slow:",
                        "    slo: reads",
                        "    when: {badShare: {over: 10s, above: 50%}}",
                        "    limit: 1s",
                        "    coolDown: 0s",
                        "    mostPerDay: 2",
                        "    then: [{signal: {name: lean, fallback: true}}]")
                .guard();
        for (int i = 0; i < 30; i++) {
            world.events(0, 20);
            world.pass(guard, Duration.ofSeconds(1));
        }
        assertThat(world.kinds()).filteredOn("action.fired"::equals).hasSize(2);
        assertThat(state(guard)).isEqualTo("off");
        world.now = world.now.plus(Duration.ofHours(24));
        world.events(0, 20);
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(world.kinds()).filteredOn("action.fired"::equals).hasSize(3);
    }

    @Test
    void figuresOfTheBudgetCanBeCombined() {
        Actions guard = world.rules(
                        "version: 1",
                        "rules:",
                        "  experiment:",
                        "    slo: reads",
                        "    when:",
                        "      all:",
                        "        - spent: {over: 2h, above: 1%, of: total}",
                        "        - any: [{left: {below: 70%}}, {burnRate: {over: 1h, above: 14}}]",
                        "    advice: '{spentPercent} % spent in {spentOver}: pause the A/B test'")
                .guard();
        world.events(10_000, 100);
        world.pass(guard, Duration.ofSeconds(11));
        assertThat(world.kinds()).isEmpty(); // 0.99 % of the total
        world.events(0, 80);
        world.pass(guard, Duration.ofSeconds(31)); // what looks back 2 hours is read every 30 s
        assertThat(world.last("advice").data())
                .containsEntry("text", "1.7682 % spent in 2h: pause the A/B test")
                .extractingByKey("reason")
                .isEqualTo("points of the total spent over 2h 1.7682 % (limit: above 1%);"
                        + " budget left 64.6365 % (limit: below 70%)");
    }

    @Test
    void theNextGuardGoesOnWhereOneDiedAndFiresNothingTwice() {
        String[] two = SHIFT.clone();
        two[11] = two[11] + "\n      - signal: {name: lean, fallback: true}";
        Actions first = world.rules(two).guard();
        world.events(0, 20);
        world.diesAfter = 2; // after the advice and the first signal
        assertThatThrownBy(() -> world.pass(first, Duration.ofSeconds(1))).hasMessageContaining("died");
        world.diesAfter = Integer.MAX_VALUE;

        Actions second = world.guard();
        assertThat(signals(second)).hasSize(1);
        world.pass(second, Duration.ofSeconds(5));
        assertThat(signals(second)).hasSize(2);
        assertThat(world.kinds()).containsExactly("advice", "action.fired", "action.fired");
        assertThat(world.ledger.read(Ledger.Query.of("action.fired")).stream()
                        .map(entry -> entry.data().get("until"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void ofTwoRulesOnOneSignalTheLaterHoldsAndGivesTheFormerValueBack() {
        Actions guard = world.rules(
                        "version: 1",
                        "rules:",
                        "  early:",
                        "    slo: reads",
                        "    when: {badShare: {over: 10s, above: 5%}}",
                        "    clear: {badShare: {over: 10s, below: 1%}}",
                        "    then: [{signal: {name: limit, limit: 80%}}]",
                        "  late:",
                        "    slo: reads",
                        "    when: {badShare: {over: 10s, above: 50%}}",
                        "    then: [{signal: {name: limit, limit: 20%}}]")
                .guard();
        world.events(90, 10);
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(signal(guard).get("value")).hasToString("0.8");
        world.events(0, 200);
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(signal(guard).get("value")).hasToString("0.2");
        guard.undo(String.valueOf(world.last("action.fired").data().get("id")), "ann", "too much");
        assertThat(signal(guard).get("value")).hasToString("0.8");
    }

    @Test
    void aRuleThatIsTakenOutOfTheFileEndsAndABrokenFileChangesNothing() {
        Actions guard = world.rules(SHIFT).guard();
        world.events(0, 20);
        world.pass(guard, Duration.ofSeconds(1));
        world.rules("version: 1", "rules: {shift: {slo: reads}}");
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(signals(guard)).hasSize(1);
        assertThat(guard.overview(10).get("problems").toString()).contains("when is missing");

        world.rules("version: 1", "rules: {}");
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(signals(guard)).isEmpty();
        assertThat(world.last("action.expired").data()).containsEntry("reason", "the rule is no longer in the file");
    }

    @Test
    void aRuleOnAnUnknownObjectiveIsOffAndSaysWhy() {
        Actions guard = world.rules("version: 1", "rules: {x: {slo: writes, when: {left: {below: 0%}}, advice: stop}}")
                .guard();
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(guard.overview(10).get("rules").toString())
                .contains("state=off")
                .contains("there is no SLO 'writes'");
    }
}
