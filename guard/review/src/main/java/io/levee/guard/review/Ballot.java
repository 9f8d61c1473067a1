package io.levee.guard.review;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The votes on one proposal, folded in their order. Each role votes once, by the token that spoke for it first, which may
 * change its mind until the result; a token speaks for one role only. Four of five yes accept; two no decline, since four are
 * then out of reach; and so does the end of the period. Nothing that comes after the result changes it. Not thread-safe.
 */
final class Ballot {
    enum Result {
        OPEN,
        ACCEPTED,
        DECLINED
    }

    private final Instant closes;
    private final Map<Seat, Vote> votes = new EnumMap<>(Seat.class);
    private final List<Vote> record = new ArrayList<>();
    private Result result = Result.OPEN;
    private @Nullable Instant settled;

    Ballot(Instant closes) {
        this.closes = closes;
    }

    /** Why a vote does not count; null if it does. */
    @Nullable
    String refusal(Vote vote) {
        Result now = result(vote.at());
        if (now != Result.OPEN) {
            return "the vote has ended: " + now.name().toLowerCase(java.util.Locale.ROOT)
                    + (settled == null ? ", as the period ended at " + closes : " at " + settled);
        }
        Vote before = votes.get(vote.seat());
        if (before != null && !before.by().equals(vote.by())) {
            return "'" + before.by() + "' has voted for the role " + vote.seat()
                    + ", and only that token may change it";
        }
        for (Vote other : votes.values()) {
            if (other.by().equals(vote.by()) && other.seat() != vote.seat()) {
                return "'" + vote.by() + "' has voted for the role " + other.seat()
                        + "; a token votes for one role only";
            }
        }
        return null;
    }

    /** Counts it if it is not to be refused. */
    void add(Vote vote) {
        if (refusal(vote) != null) {
            return;
        }
        votes.put(vote.seat(), vote);
        record.add(vote);
        long yes = yes();
        if (yes >= Seat.NEEDED) {
            end(Result.ACCEPTED, vote.at());
        } else if (votes.size() - yes > Seat.values().length - Seat.NEEDED) {
            end(Result.DECLINED, vote.at());
        }
    }

    private void end(Result ended, Instant at) {
        result = ended;
        settled = at;
    }

    long yes() {
        return votes.values().stream().filter(Vote::yes).count();
    }

    long no() {
        return votes.size() - yes();
    }

    Result result(Instant now) {
        return result == Result.OPEN && !now.isBefore(closes) ? Result.DECLINED : result;
    }

    /** When it ended by votes; null if it did not. */
    @Nullable
    Instant settled() {
        return settled;
    }

    /** What each role said last. */
    List<Vote> votes() {
        return List.copyOf(votes.values());
    }

    /** Everything that counted at its time. */
    List<Vote> record() {
        return List.copyOf(record);
    }
}
