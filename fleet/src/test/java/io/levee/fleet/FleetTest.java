package io.levee.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.levee.Levee;
import io.levee.Limiter;
import io.levee.TimeSource;
import io.levee.servers.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real Redis, which is stopped, frozen and started again. */
class FleetTest {
    private static final double RATE = 400;
    private static final int BURST = 40;
    private static final FleetLimits LIMITS = FleetLimits.perSecond(RATE).burst(BURST);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Redis redis;
    private final List<Member> members = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        redis = Redis.start();
    }

    @AfterEach
    void stop() {
        members.forEach(Member::close);
        if (redis != null) {
            redis.close();
        }
    }

    private List<Member> members(int number) {
        for (int i = 0; i < number; i++) {
            members.add(new Member(redis, number, LIMITS));
        }
        return members;
    }

    private void awaitAll(boolean leased) {
        await().atMost(PATIENCE).until(() -> members.stream().allMatch(member -> member.isLeased() == leased));
    }

    private double sum() {
        return members.stream().mapToDouble(Member::rate).sum();
    }

    /** Lets time pass that the fleet is to use: the test is about what it does then. */
    private static void use(Duration time) {
        await().pollDelay(time).atMost(PATIENCE).until(() -> true);
    }

    /** In every window of t seconds no more than rate x t + burst + one for each member: a bucket of that size never runs dry. */
    static void assertWithin(double rate, double size, List<Long> granted) {
        List<Long> inOrder = granted.stream().sorted().toList();
        double level = size;
        long before = inOrder.get(0);
        for (long at : inOrder) {
            level = Math.min(size, level + (at - before) / 1e9 * rate) - 1;
            before = at;
            assertThat(level).as("what is left of the fleet's burst").isGreaterThanOrEqualTo(-1e-3);
        }
    }

    @Test
    void theFleetStaysWithinItsRateWhateverBecomesOfRedis() throws Exception {
        members(4).forEach(Member::begin);
        awaitAll(true);
        use(Duration.ofSeconds(1));
        redis.stop();
        awaitAll(false);
        use(Member.LEASE.multipliedBy(2));
        redis.startAgain();
        awaitAll(true);
        use(Duration.ofSeconds(1));
        redis.freeze();
        awaitAll(false);
        use(Member.LEASE);
        redis.thaw();
        awaitAll(true);
        use(Duration.ofSeconds(1));
        redis.kill();
        redis.startAgain();
        use(Duration.ofSeconds(1));
        awaitAll(true);

        List<Long> granted = new ArrayList<>();
        for (Member member : members) {
            granted.addAll(member.end());
        }
        assertWithin(RATE, BURST + members.size(), granted);
        double seconds = (granted.stream().mapToLong(Long::longValue).max().orElseThrow()
                        - granted.stream().mapToLong(Long::longValue).min().orElseThrow())
                / 1e9;
        System.out.printf(
                "FleetTest: %d permits in %.1f s, %.1f %% of the fleet's rate%n",
                granted.size(), seconds, 100 * granted.size() / seconds / RATE);
        assertThat(granted.size()).as("none of it was lost for long").isGreaterThan((int) (seconds * RATE / 4));
    }

    @Test
    void sharesAreTakenUpAgainWhenRedisHasForgottenThem() throws Exception {
        members(3);
        awaitAll(true);
        redis.kill();
        awaitAll(false);
        assertThat(members).allMatch(member -> member.fleet.failure() != null);
        redis.startAgain();
        awaitAll(true);
        await().atMost(PATIENCE)
                .until(() -> members.stream()
                        .allMatch(member -> member.share.snapshot().members() == 3));
        assertThat(sum()).isLessThanOrEqualTo(RATE * 1.000001);
        assertThat(members).allMatch(member -> member.fleet.failure() == null);
    }

    @Test
    void callsGoOnAtTheLocalShareWhileRedisDoesNotAnswer() throws Exception {
        members(2);
        awaitAll(true);
        redis.freeze();
        awaitAll(false);
        await().atMost(PATIENCE).until(() -> members.stream().allMatch(member -> member.rate() == RATE / 2));
        for (Member member : members) {
            assertThat(member.levee.<Integer, Exception>call(attempt -> 7)).isEqualTo(7);
        }
    }

    @Test
    void whoHasMoreToSendGetsMore() {
        members(2);
        awaitAll(true);
        Member busy = members.get(0);
        Member idle = members.get(1);
        Load load = new Load(busy.levee);
        try {
            await().atMost(PATIENCE).until(() -> busy.rate() > RATE * 0.6);
            assertThat(idle.rate()).as("enough to begin").isPositive();
            Load more = new Load(idle.levee);
            try {
                await().atMost(PATIENCE).until(() -> idle.rate() > RATE * 0.4 && busy.rate() > RATE * 0.4);
            } finally {
                more.end();
            }
        } finally {
            load.end();
        }
    }

    /** Calls as fast as the limiter lets them. */
    private static final class Load {
        private volatile boolean on = true;
        private final Thread thread;

        Load(Levee levee) {
            thread = new Thread(() -> {
                while (on) {
                    try {
                        levee.<Integer, Exception>call(attempt -> 7);
                    } catch (Exception noPermit) {
                        java.util.concurrent.locks.LockSupport.parkNanos(500_000);
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        void end() {
            on = false;
        }
    }

    @Test
    void whoJoinsGetsAShareAndWhoDiesLeavesItsOwn() {
        members.add(new Member(redis, 1, LIMITS));
        awaitAll(true);
        members.add(new Member(redis, 1, LIMITS));
        await().atMost(PATIENCE)
                .until(() -> members.get(1).isLeased() && members.get(1).rate() > RATE * 0.2);
        members.remove(1).close();
        await().atMost(PATIENCE).until(() -> members.get(0).share.snapshot().members() == 1);
        await().atMost(PATIENCE).until(() -> members.get(0).rate() > RATE * 0.45);
    }

    @Test
    void theRetryBudgetsReserveAndBalanceAreSharedByNumber() {
        FleetLimits limits = LIMITS.retryReserve(2, 8);
        for (int i = 0; i < 2; i++) {
            members.add(new Member(redis, 2, limits));
        }
        awaitAll(true);
        await().atMost(PATIENCE)
                .until(() -> members.stream()
                        .allMatch(member -> member.share.snapshot().members() == 2));
        for (Member member : members) {
            assertThat(member.levee.retryBudget().balance(TimeSource.system().nanoTime()))
                    .isCloseTo(4, within(1e-6));
        }
    }

    @Test
    void aClosedFleetKeepsAnEqualPartAtMost() {
        members(2);
        awaitAll(true);
        Member first = members.get(0);
        first.fleet.close();
        assertThat(first.levee.limiter().permitsPerSecond()).isLessThanOrEqualTo(RATE / 2);
        assertThatThrownBy(() -> first.fleet.share(first.levee, LIMITS)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFleetIsNotBuiltWithoutWhatItNeeds() {
        RedisScript away = (script, keys, args) -> {
            throw new IllegalStateException("away");
        };
        try (Fleet fleet = Fleet.over(away, 1).build();
                Levee bare = Levee.named("bare").build();
                Levee noRetries = Levee.named("no-retries")
                        .limiter(Limiter.perSecond(1))
                        .noRetryBudget()
                        .build();
                Levee twice = Levee.named("twice").limiter(Limiter.perSecond(1)).build()) {
            assertThatThrownBy(() -> fleet.share(bare, LIMITS))
                    .hasMessageContaining("bare")
                    .hasMessageContaining("limiter");
            assertThatThrownBy(() -> fleet.share(noRetries, LIMITS.retryReserve(1, 10)))
                    .hasMessageContaining("retry budget");
            fleet.share(twice, LIMITS);
            assertThatThrownBy(() -> fleet.share(twice, LIMITS)).hasMessageContaining("already");
            await().atMost(PATIENCE).until(() -> fleet.failure() != null);
            assertThat(fleet.failure()).hasMessage("away");
        }
        assertThatThrownBy(() -> Fleet.over(away, 0)).hasMessageContaining("expectedMembers");
        assertThatThrownBy(() -> Fleet.over(away, 1).lease(Duration.ofMillis(1)))
                .hasMessageContaining("lease");
        assertThatThrownBy(() ->
                        Fleet.over(away, 1).renewEvery(Duration.ofSeconds(2)).build())
                .hasMessageContaining("third");
        assertThatThrownBy(() -> FleetLimits.perSecond(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> FleetLimits.perSecond(1).burst(0)).hasMessageContaining("burst");
        assertThatThrownBy(() -> FleetLimits.perSecond(1).retryReserve(1, 0)).hasMessageContaining("maxBalance");
    }

    @Test
    void anAnswerThatIsNoShareIsTold() {
        try (Fleet fleet =
                        Fleet.over((script, keys, args) -> List.of("1", 2L), 1).build();
                Levee levee =
                        Levee.named("odd").limiter(fleet.localShare(LIMITS)).build()) {
            fleet.share(levee, LIMITS);
            await().atMost(PATIENCE).until(() -> fleet.failure() != null);
            assertThat(fleet.failure()).hasMessageContaining("EVAL").hasMessageContaining("RedisScript");
            assertThat(levee.limiter().permitsPerSecond()).isEqualTo(RATE);
        }
    }

    /** Three JVMs, one of which is killed. System.nanoTime is one clock for all processes of a Linux machine. */
    @Test
    void processesTogetherStayWithinTheRate() throws Exception {
        List<FleetProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                processes.add(FleetProcess.start(redis.port(), 3, LIMITS_TEXT));
            }
            for (FleetProcess process : processes) {
                process.awaitGrants(100);
            }
            processes.get(0).kill();
            int so = processes.get(1).grants().size();
            processes.get(1).awaitGrants(so + 300);
            processes.get(2).awaitGrants(100);
        } finally {
            processes.forEach(FleetProcess::kill);
        }
        List<Long> granted = new ArrayList<>();
        for (FleetProcess process : processes) {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            granted.addAll(process.grants());
        }
        assertWithin(RATE, BURST + 3, granted);
    }

    private static final String LIMITS_TEXT = RATE + "/" + BURST;
}
