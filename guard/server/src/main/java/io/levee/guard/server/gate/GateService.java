package io.levee.guard.server.gate;

import io.levee.guard.slo.gate.Answer;
import io.levee.guard.slo.gate.Decision;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Question;
import io.levee.guard.slo.impact.ImpactReport;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.store.Ledger.Entry;
import io.levee.guard.store.Store;
import io.levee.guard.web.WebException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The gate over what the store counted: decides, and keeps approvals, reports and roll-backs on the record. Behind every way of
 * asking there is this one. Thread-safe.
 */
public final class GateService {
    private static final Duration LONGEST_APPROVAL = Duration.ofDays(28);
    private static final int LONGEST_OUTPUT = 4_096;

    private final Supplier<Catalog> catalog;
    private final Store store;
    private final InstantSource clock;
    private final GateRecord record;

    /**
     * A gate.
     *
     * @param catalog the objectives that hold now
     * @param store counts, and the record
     * @param clock wall time
     */
    public GateService(Supplier<Catalog> catalog, Store store, InstantSource clock) {
        this.catalog = catalog;
        this.store = store;
        this.clock = clock;
        record = new GateRecord(store.ledger());
    }

    /**
     * Decides as of now, and puts it on the record; the same answer to the same caller only once a minute.
     *
     * @param asked the question
     * @return the decision
     * @throws WebException 400 if it cannot be asked so
     */
    public Told check(Asked asked) {
        Told told = look(asked, clock.instant());
        return new Told(told.decision(), told.approval(), record.write(asked, told));
    }

    /**
     * Decides, and leaves the record alone: for graphs.
     *
     * @param asked the question
     * @param at as of when
     * @return the decision
     * @throws WebException 400 if it cannot be asked so
     */
    public Told look(Asked asked, Instant at) {
        Slo slo = slo(asked.slo());
        GatePolicy policy = policy(asked, slo);
        boolean report =
                asked.environment() == Environment.PRODUCTION && record.hasReport(asked.slo(), asked.release());
        Question question = new Question(asked.slo(), asked.environment(), asked.release(), at, report);
        Decision decision;
        try {
            decision = slo.decide(policy, question, terms -> store.evidence(question, terms, policy));
        } catch (IllegalArgumentException e) {
            throw new WebException(400, e.getMessage() == null ? "the gate cannot decide" : e.getMessage());
        }
        Approval approval = decision.answer() == Answer.PAUSE
                ? record.approval(asked.slo(), asked.environment(), asked.release(), at)
                : null;
        return new Told(decision, approval, -1);
    }

    private static GatePolicy policy(Asked asked, Slo slo) {
        GatePolicy policy = slo.additions().gate();
        GatePolicy.Unit unit = asked.unit();
        Long minimum = asked.minimum();
        try {
            GatePolicy withUnit = unit == null ? policy : policy.withUnit(unit);
            return minimum == null ? withUnit : withUnit.withMinimumEvents(minimum);
        } catch (IllegalArgumentException e) {
            throw new WebException(400, "minimum: " + e.getMessage());
        }
    }

    /**
     * An objective.
     *
     * @param name its name
     * @return the objective
     * @throws WebException 400 if there is none
     */
    public Slo slo(String name) {
        try {
            return catalog.get().slo(name);
        } catch (IllegalArgumentException e) {
            throw new WebException(400, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Turns a pause into a pass for a while. Whoever brought the release to the gate cannot approve it himself.
     *
     * @param name the objective
     * @param environment where
     * @param release which release
     * @param reason why
     * @param lasting for how long
     * @param by whose token, of the lead role
     * @return the entry of the record
     * @throws WebException 403 if the same token asked first; 409 if there is no pause to approve
     */
    public Entry approve(
            String name, Environment environment, String release, String reason, Duration lasting, String by) {
        slo(name);
        if (lasting.compareTo(LONGEST_APPROVAL) > 0 || lasting.isNegative() || lasting.isZero()) {
            throw new WebException(400, "'for' must be above 0 and at most 28d, is " + lasting);
        }
        List<Entry> decisions = record.decisions(name, environment, release);
        if (decisions.isEmpty()) {
            throw new WebException(
                    409,
                    "nobody asked the gate about " + release + " in " + environment
                            + " yet; ask first: levee gate check");
        }
        Answer last = look(new Asked(name, environment, release, null, null, "cli", by), clock.instant())
                .decision()
                .answer();
        if (last != Answer.PAUSE) {
            throw new WebException(
                    409,
                    "there is nothing to approve: the gate says " + last
                            + "; an approval turns a pause into a pass only");
        }
        String first = decisions.get(decisions.size() - 1).actor();
        if (first.equals(by)) {
            throw new WebException(
                    403,
                    "'" + by + "' brought this release to the gate; somebody else with the lead role must approve it");
        }
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("environment", environment.toString());
        data.put("release", release);
        data.put("reason", reason);
        data.put("until", clock.instant().plus(lasting).toString());
        record.forget(name, release);
        return record.append("gate.approval", name, by, data);
    }

    /**
     * Attaches an SLO impact report to a release.
     *
     * @param name the objective
     * @param release which release
     * @param report as {@code levee report impact --json} prints it
     * @param by whose token
     * @return the entry of the record
     * @throws WebException 400 if it is another report, or about something else
     */
    public Entry attach(String name, String release, Map<String, @Nullable Object> report, String by) {
        slo(name);
        if (!ImpactReport.KIND.equals(report.get("kind"))) {
            throw new WebException(400, "'report' is no SLO impact report; make one with: levee report impact --json");
        }
        same(report, "slo", name);
        same(report, "release", release);
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("release", release);
        data.put("report", report);
        record.forget(name, release);
        return record.append("gate.report", name, by, data);
    }

    private static void same(Map<String, @Nullable Object> report, String field, String wanted) {
        if (!wanted.equals(report.get(field))) {
            throw new WebException(
                    400, "the report is about " + field + " '" + report.get(field) + "', not '" + wanted + "'");
        }
    }

    /**
     * Puts on the record that a release was rolled back, and marks it on the curve.
     *
     * @param name the objective
     * @param environment where
     * @param release which release
     * @param command what was run
     * @param exitCode how it ended
     * @param output what it printed; the last 4,096 characters are kept
     * @param by whose token
     * @return the entry of the record
     */
    public Entry rolledBack(
            String name,
            Environment environment,
            String release,
            String command,
            long exitCode,
            String output,
            String by) {
        Slo slo = slo(name);
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("environment", environment.toString());
        data.put("release", release);
        data.put("command", command);
        data.put("exitCode", exitCode);
        data.put("output", output.substring(Math.max(0, output.length() - LONGEST_OUTPUT)));
        Entry entry = record.append("gate.rollback", name, by, data);
        if (exitCode == 0) {
            mark(slo.service(), release, environment, "rollback", clock.instant(), by);
        }
        return entry;
    }

    /**
     * Marks a release on the curves of a service.
     *
     * @param service the service
     * @param release which release
     * @param environment where
     * @param event such as deploy or rollback
     * @param at when
     * @param by whose token
     * @return the entry of the record
     */
    public Entry mark(String service, String release, Environment environment, String event, Instant at, String by) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("service", service);
        data.put("release", release);
        data.put("environment", environment.toString());
        data.put("event", event);
        data.put("at", at.toString());
        return store.ledger().append("release.marker", null, by, data);
    }

    /**
     * What happened at gates.
     *
     * @param name about an objective; null for all
     * @param release about a release; null for all
     * @param most how many at most
     * @return newest first
     */
    public List<Entry> list(@Nullable String name, @Nullable String release, int most) {
        return record.list(name, release, most);
    }
}
