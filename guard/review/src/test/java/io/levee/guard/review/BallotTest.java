package io.levee.guard.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is cast in whatever order. */
class BallotTest {
    private static final Instant CLOSES = Instant.parse("2026-12-01T00:00:00Z");

    @Provide
    Arbitrary<List<Vote>> votes() {
        Arbitrary<Vote> vote = Combinators.combine(
                        Arbitraries.of(Seat.values()),
                        Arbitraries.of(true, true, true, false),
                        Arbitraries.of("a", "b", "c", "d", "e", "f"),
                        Arbitraries.longs().between(-100, 5))
                .as((seat, yes, by, at) -> new Vote(seat, yes, "r", by, CLOSES.plusSeconds(at)));
        return vote.list().ofMaxSize(30);
    }

    /** Reckoned another way: who holds which seat, then the first instant at which four are for it or two against it. */
    private static Ballot.Result model(List<Vote> votes) {
        Map<Seat, String> holders = new HashMap<>();
        Map<Seat, Boolean> said = new HashMap<>();
        for (Vote vote : votes) {
            String holder = holders.get(vote.seat());
            boolean free = holder == null && !holders.containsValue(vote.by());
            if (vote.at().isBefore(CLOSES) && (free || vote.by().equals(holder))) {
                holders.put(vote.seat(), vote.by());
                said.put(vote.seat(), vote.yes());
            }
            int yes = 0;
            int no = 0;
            for (boolean each : said.values()) {
                yes += each ? 1 : 0;
                no += each ? 0 : 1;
            }
            if (yes == 4 || no == 2) {
                return yes == 4 ? Ballot.Result.ACCEPTED : Ballot.Result.DECLINED;
            }
        }
        return Ballot.Result.OPEN;
    }

    @Property
    void resultIsThatOfTheFirstVotesThatDecideIt(@ForAll("votes") List<Vote> votes) {
        Ballot ballot = new Ballot(CLOSES);
        votes.forEach(ballot::add);
        Ballot.Result expected = model(votes);
        assertThat(ballot.result(CLOSES.minusSeconds(1))).isEqualTo(expected);
        assertThat(ballot.result(CLOSES)).isEqualTo(expected == Ballot.Result.OPEN ? Ballot.Result.DECLINED : expected);
    }

    @Property
    void eachRoleAndEachTokenCountsOnceAndNothingChangesAResult(@ForAll("votes") List<Vote> votes) {
        Ballot ballot = new Ballot(CLOSES);
        List<Vote> counted = new ArrayList<>();
        for (Vote vote : votes) {
            boolean over = ballot.settled() != null;
            boolean refused = ballot.refusal(vote) != null;
            List<Vote> before = ballot.votes();
            ballot.add(vote);
            assertThat(over && !refused).isFalse();
            if (refused) {
                assertThat(ballot.votes()).isEqualTo(before);
            } else {
                counted.add(vote);
            }
        }
        assertThat(ballot.record()).isEqualTo(counted);
        assertThat(ballot.votes()).extracting(Vote::seat).doesNotHaveDuplicates();
        assertThat(ballot.votes()).extracting(Vote::by).doesNotHaveDuplicates();
        assertThat(ballot.yes() + ballot.no()).isEqualTo(ballot.votes().size());
    }
}
