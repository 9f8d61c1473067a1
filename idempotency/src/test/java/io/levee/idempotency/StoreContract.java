package io.levee.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.idempotency.IdempotencyStore.Finish;
import io.levee.idempotency.IdempotencyStore.Wish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What every store must do, against the real thing. */
abstract class StoreContract {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String PRINT = "f".repeat(64);
    private static final StoredResponse ANSWER = StoredResponse.of(
            201,
            List.of(new StoredResponse.Header("Location", "/payments/7"), new StoredResponse.Header("ETag", "\"ä\"")),
            new byte[] {0, -1, 'x', '\n'});

    /** The store under test; remains open. */
    abstract IdempotencyStore store();

    /** A client of its own to the same records, as another process has it. */
    abstract IdempotencyStore another();

    private static String newId() {
        byte[] bytes = new byte[32];
        ThreadLocalRandom.current().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static Wish wish(String id, Duration lease, int takeovers) {
        return new Wish(id, PRINT, lease, LONG, takeovers);
    }

    private static Claim.Granted granted(Claim claim) {
        assertThat(claim).isInstanceOf(Claim.Granted.class);
        return (Claim.Granted) claim;
    }

    /** Until the lease has ended, however slow the machine. */
    private Claim claimWhenDue(Wish wish) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> store().claim(wish), claim -> !(claim instanceof Claim.Running));
    }

    @Test
    void aNewKeyIsGrantedAndThenRuns() {
        String id = newId();
        assertThat(store().look(id)).isNull();

        Claim.Granted first = granted(store().claim(wish(id, LONG, 1)));

        assertThat(first.takeovers()).isZero();
        assertThat(first.fence()).isPositive();
        for (Claim seen : new Claim[] {
            store().claim(wish(id, LONG, 1)), store().look(id), another().look(id)
        }) {
            assertThat(seen).isInstanceOf(Claim.Running.class);
            assertThat(((Claim.Running) seen).leaseLeft()).isBetween(LONG.dividedBy(2), LONG);
        }
    }

    @Test
    void aFinishedKeyGivesItsAnswer() {
        String id = newId();
        Claim.Granted mine = granted(store().claim(wish(id, LONG, 1)));

        assertThat(store().finish(id, mine.fence(), ANSWER, LONG)).isEqualTo(Finish.NOW);

        assertThat(another().claim(wish(id, LONG, 1))).isEqualTo(new Claim.Finished(ANSWER));
        assertThat(store().look(id)).isEqualTo(new Claim.Finished(ANSWER));
        assertThat(store().finish(id, mine.fence(), ANSWER, LONG)).isEqualTo(Finish.BEFORE);
        assertThat(store().renew(id, mine.fence(), LONG)).isFalse();
        assertThat(store().release(id, mine.fence())).isFalse();
    }

    @Test
    void anotherRequestWithTheKeyIsTold() {
        String id = newId();
        Wish other = new Wish(id, "0".repeat(64), LONG, LONG, 1);
        Claim.Granted mine = granted(store().claim(wish(id, LONG, 1)));
        assertThat(store().claim(other)).isInstanceOf(Claim.OtherRequest.class);
        store().finish(id, mine.fence(), ANSWER, LONG);
        assertThat(store().claim(other)).isInstanceOf(Claim.OtherRequest.class);
    }

    @Test
    void aReleasedKeyIsGrantedAgainToTheSameRequestOnly() {
        String id = newId();
        Claim.Granted first = granted(store().claim(wish(id, LONG, 1)));
        assertThat(store().release(id, first.fence())).isTrue();
        assertThat(store().look(id)).isNull();

        assertThat(store().claim(new Wish(id, "0".repeat(64), LONG, LONG, 1))).isInstanceOf(Claim.OtherRequest.class);
        Claim.Granted second = granted(store().claim(wish(id, LONG, 1)));

        assertThat(second.takeovers()).isZero();
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(store().finish(id, first.fence(), ANSWER, LONG)).isEqualTo(Finish.LOST);
    }

    @Test
    void aLeaseThatHasEndedIsTakenOverAsOftenAsAllowed() {
        String id = newId();
        Claim.Granted lost = granted(store().claim(wish(id, MOMENT, 1)));

        Claim.Granted next = granted(claimWhenDue(wish(id, MOMENT, 1)));

        assertThat(next.takeovers()).isEqualTo(1);
        assertThat(next.fence()).isGreaterThan(lost.fence());
        assertThat(claimWhenDue(wish(id, MOMENT, 1))).isEqualTo(new Claim.InDoubt(1));
        assertThat(store().look(id)).isEqualTo(new Claim.InDoubt(1));
        assertThat(granted(claimWhenDue(wish(id, LONG, 2))).takeovers()).isEqualTo(2);
    }

    @Test
    void whoWasTakenOverCanWriteNothing() {
        String id = newId();
        Claim.Granted lost = granted(store().claim(wish(id, MOMENT, 1)));
        Claim.Granted next = granted(claimWhenDue(wish(id, LONG, 1)));

        assertThat(another().finish(id, lost.fence(), ANSWER, LONG)).isEqualTo(Finish.LOST);
        assertThat(another().renew(id, lost.fence(), LONG)).isFalse();
        assertThat(another().release(id, lost.fence())).isFalse();

        assertThat(store().finish(id, next.fence(), ANSWER, LONG)).isEqualTo(Finish.NOW);
        assertThat(store().finish(id, lost.fence(), ANSWER, LONG)).isEqualTo(Finish.LOST);
    }

    @Test
    void aLeaseThatIsRenewedDoesNotEnd() {
        String id = newId();
        Claim.Granted mine = granted(store().claim(wish(id, MOMENT, 1)));
        assertThat(store().renew(id, mine.fence(), LONG)).isTrue();
        assertThat(store().claim(wish(id, LONG, 1))).isInstanceOf(Claim.Running.class);
    }

    @Test
    void anExpiredKeyIsNew() {
        String id = newId();
        Claim.Granted first = granted(store().claim(wish(id, LONG, 0)));
        store().finish(id, first.fence(), ANSWER, MOMENT);

        Awaitility.await().atMost(PATIENCE).until(() -> store().look(id) == null);
        store().purge();
        Claim.Granted second = granted(store().claim(new Wish(id, "0".repeat(64), LONG, LONG, 0)));

        assertThat(second.takeovers()).isZero();
        assertThat(second.fence()).isGreaterThan(first.fence());
    }

    /** Two clients, 16 threads, 20 keys that all of them want at once: each key has one owner. */
    @Test
    void ofManyClaimantsOneIsGranted() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            for (int round = 0; round < 20; round++) {
                String id = newId();
                Set<Long> fences = ConcurrentHashMap.newKeySet();
                AtomicLong running = new AtomicLong();
                List<Callable<Void>> claimants = new ArrayList<>();
                for (int i = 0; i < 16; i++) {
                    IdempotencyStore mine = i % 2 == 0 ? store() : another();
                    claimants.add(() -> {
                        Claim claim = mine.claim(wish(id, LONG, 1));
                        if (claim instanceof Claim.Granted granted) {
                            fences.add(granted.fence());
                        } else if (claim instanceof Claim.Running) {
                            running.incrementAndGet();
                        }
                        return null;
                    });
                }
                for (Future<Void> done : threads.invokeAll(claimants)) {
                    done.get();
                }
                assertThat(fences).hasSize(1);
                assertThat(running).hasValue(15);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
