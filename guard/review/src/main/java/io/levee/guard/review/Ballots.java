package io.levee.guard.review;

import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Window;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Ledger;
import io.levee.guard.web.WebException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Proposals and their votes, folded from the ledger. Thread-safe: whoever writes does so alone in this guard. */
final class Ballots {
    private static final String VOTE = "review.vote";
    private static final String RESULT = "review.result";
    private static final String TARGET = "slo.target";
    private static final int LONGEST_REASON = 2_000;

    /** Whoever cast the last vote writes the result; what is not written by then was lost with that guard. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private final Supplier<Catalog> catalog;
    private final Ledger ledger;
    private final ReviewSettings settings;

    /** A proposal and how it stands. */
    record Standing(Proposal proposal, Ballot ballot, boolean written, boolean changed) {
        Map<String, @Nullable Object> toMap(Instant now) {
            Ballot.Result result = ballot.result(now);
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            map.put("id", proposal.id());
            map.put("slo", proposal.slo());
            map.put("month", proposal.month().toString());
            map.put("from", proposal.from().toString());
            map.put("to", proposal.to().toString());
            map.put("reason", proposal.reason());
            map.put("by", proposal.by());
            map.put("at", proposal.at().toString());
            map.put("closes", proposal.closes().toString());
            map.put("yes", ballot.yes());
            map.put("no", ballot.no());
            map.put("needed", Seat.NEEDED);
            map.put("votes", ballot.votes().stream().map(Vote::toMap).toList());
            map.put("record", ballot.record().stream().map(Vote::toMap).toList());
            map.put(
                    "result",
                    result == Ballot.Result.OPEN ? null : result.name().toLowerCase(Locale.ROOT));
            map.put("diff", proposal.diff());
            return map;
        }
    }

    Ballots(Supplier<Catalog> catalog, Ledger ledger, ReviewSettings settings) {
        this.catalog = catalog;
        this.ledger = ledger;
        this.settings = settings;
    }

    /** All proposals, in their order. */
    List<Standing> all() {
        List<Ledger.Entry> entries = new ArrayList<>(ledger.read(Ledger.Query.of(Proposal.KIND, VOTE, RESULT, TARGET)));
        entries.sort(Comparator.comparing(Ledger.Entry::seq));
        Map<String, Proposal> proposals = new LinkedHashMap<>();
        Map<String, Ballot> ballots = new LinkedHashMap<>();
        Set<String> written = new HashSet<>();
        Set<String> changed = new HashSet<>();
        for (Ledger.Entry entry : entries) {
            String id = String.valueOf(entry.data().get("proposal"));
            switch (entry.kind()) {
                case Proposal.KIND -> {
                    Proposal proposal = Proposal.of(entry);
                    if (proposal != null) {
                        proposals.put(proposal.id(), proposal);
                        ballots.put(proposal.id(), new Ballot(proposal.closes()));
                    }
                }
                case VOTE -> {
                    Ballot ballot = ballots.get(id);
                    Vote vote = vote(entry);
                    if (ballot != null && vote != null) {
                        ballot.add(vote);
                    }
                }
                case RESULT -> written.add(id);
                default -> changed.add(id);
            }
        }
        List<Standing> all = new ArrayList<>();
        proposals.forEach((id, proposal) -> {
            Ballot ballot = ballots.get(id);
            if (ballot != null) {
                all.add(new Standing(proposal, ballot, written.contains(id), changed.contains(id)));
            }
        });
        return all;
    }

    private static @Nullable Vote vote(Ledger.Entry entry) {
        Map<String, @Nullable Object> data = entry.data();
        try {
            return new Vote(
                    Seat.parse(String.valueOf(data.get("role"))),
                    "yes".equals(data.get("vote")),
                    String.valueOf(data.get("reason")),
                    entry.actor(),
                    entry.at());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Those of a month and an objective. */
    List<Map<String, @Nullable Object>> of(YearMonth month, String slo, Instant now, List<Standing> all) {
        return all.stream()
                .filter(each -> each.proposal().month().equals(month)
                        && each.proposal().slo().equals(slo))
                .map(each -> each.toMap(now))
                .toList();
    }

    synchronized Map<String, @Nullable Object> propose(
            YearMonth month, Map<String, @Nullable Object> body, String actor, Instant now) {
        Catalog documents = catalog.get();
        String reason = reason(body);
        Watched watched;
        Ratio to;
        try {
            watched = Watched.find(documents, text(body, "slo"));
        } catch (IllegalArgumentException e) {
            throw new WebException(404, String.valueOf(e.getMessage()));
        }
        try {
            to = Ratio.parse(text(body, "to"));
        } catch (IllegalArgumentException e) {
            throw new WebException(400, "to: " + e.getMessage());
        }
        Ratio from = watched.target(now);
        if (from.equals(to)) {
            throw new WebException(400, "the target of " + watched.name() + " is " + from + " already");
        }
        for (Standing other : all()) {
            if (other.proposal().slo().equals(watched.name()) && other.ballot().result(now) == Ballot.Result.OPEN) {
                throw new WebException(
                        409,
                        "proposal " + other.proposal().id() + " for " + watched.name()
                                + " is still being voted on, until "
                                + other.proposal().closes());
            }
        }
        Instant closes = closes(watched, now);
        String diff = TargetDiff.of(documents, watched, to, TargetDiff.earlier(watched, now, closes, actor, reason));
        Ledger.Entry entry = ledger.append(
                Proposal.KIND, watched.name(), actor, Proposal.data(month, from, to, reason, closes, diff));
        return standing(Long.toString(entry.seq())).toMap(now);
    }

    /** The next period: what is voted on now holds from its beginning, and until then there is time to vote. */
    private Instant closes(Watched watched, Instant now) {
        return watched.slo().window() instanceof Window.Calendar calendar
                ? calendar.at(now).to()
                : Month.begin(YearMonth.from(now.atZone(settings.zone())).plusMonths(1), settings.zone());
    }

    synchronized Map<String, @Nullable Object> vote(
            String id, Map<String, @Nullable Object> body, String actor, Instant now) {
        Standing standing = standing(id);
        Seat seat;
        try {
            seat = Seat.parse(text(body, "role"));
        } catch (IllegalArgumentException e) {
            throw new WebException(400, String.valueOf(e.getMessage()));
        }
        String said = text(body, "vote");
        if (!Set.of("yes", "no").contains(said)) {
            throw new WebException(400, "vote is '" + said + "'; it must be yes or no");
        }
        Vote vote = new Vote(seat, said.equals("yes"), reason(body), actor, now);
        String refusal = standing.ballot().refusal(vote);
        if (refusal != null) {
            throw new WebException(409, refusal);
        }
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("proposal", id);
        data.put("role", seat.toString());
        data.put("vote", said);
        data.put("reason", vote.reason());
        ledger.append(VOTE, standing.proposal().slo(), actor, data);
        Standing after = standing(id);
        if (after.ballot().result(now) != Ballot.Result.OPEN) {
            write(after, now);
        }
        return after.toMap(now);
    }

    private Standing standing(String id) {
        return all().stream()
                .filter(each -> each.proposal().id().equals(id))
                .findFirst()
                .orElseThrow(() -> new WebException(404, "there is no proposal '" + id + "'"));
    }

    /** Writes down what ended by its period, and what the guard that should have done so did not. */
    synchronized void settle(Instant now) {
        for (Standing each : all()) {
            Instant settled = each.ballot().settled();
            Instant ended = settled == null ? each.proposal().closes() : settled;
            if (each.ballot().result(now) != Ballot.Result.OPEN && !now.isBefore(ended.plus(GRACE))) {
                write(each, now);
            }
        }
    }

    private void write(Standing standing, Instant now) {
        Proposal proposal = standing.proposal();
        Ballot ballot = standing.ballot();
        boolean accepted = ballot.result(now) == Ballot.Result.ACCEPTED;
        if (!standing.written()) {
            Map<String, @Nullable Object> data = new LinkedHashMap<>();
            data.put("proposal", proposal.id());
            data.put("result", accepted ? "accepted" : "declined");
            data.put("yes", ballot.yes());
            data.put("no", ballot.no());
            data.put("from", accepted ? proposal.closes().toString() : null);
            ledger.append(RESULT, proposal.slo(), "guard", data);
        }
        if (accepted && !standing.changed()) {
            Map<String, @Nullable Object> data = new LinkedHashMap<>();
            data.put("from", proposal.from().toString());
            data.put("to", proposal.to().toString());
            data.put("author", proposal.by());
            data.put("reason", proposal.reason());
            data.put("proposal", proposal.id());
            data.put("begins", proposal.closes().toString());
            data.putAll(file(proposal, now));
            ledger.append(TARGET, proposal.slo(), "guard", data);
        }
    }

    /** The difference of the file as it is now; as it was when it was proposed, if it can no longer be made. */
    private Map<String, @Nullable Object> file(Proposal proposal, Instant now) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        Catalog documents = catalog.get();
        try {
            Watched watched = Watched.find(documents, proposal.slo());
            data.put("file", TargetDiff.name(documents.file(watched.slo())));
            data.put(
                    "diff",
                    TargetDiff.of(
                            documents,
                            watched,
                            proposal.to(),
                            TargetDiff.earlier(watched, now, proposal.closes(), proposal.by(), proposal.reason())));
        } catch (IllegalArgumentException | WebException e) {
            data.putIfAbsent("file", null);
            data.put("diff", proposal.diff());
        }
        return data;
    }

    private static String text(Map<String, @Nullable Object> body, String field) {
        Object value = body.get(field);
        if (value instanceof Number || (value instanceof String text && !text.isBlank())) {
            return value.toString().strip();
        }
        throw new WebException(400, field + " is missing");
    }

    private static String reason(Map<String, @Nullable Object> body) {
        String reason = text(body, "reason");
        if (reason.length() > LONGEST_REASON) {
            throw new WebException(
                    400, "reason has " + reason.length() + " characters; at most " + LONGEST_REASON + " are kept");
        }
        return reason;
    }
}
