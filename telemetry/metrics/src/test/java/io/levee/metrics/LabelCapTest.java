package io.levee.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LabelCapTest {
    @Test
    void theFirstOnesAreToldApartAndStay() {
        LabelCap cap = new LabelCap("endpoint", 2, null);
        assertThat(List.of(cap.admit("a"), cap.admit("b"), cap.admit("c"), cap.admit("a")))
                .containsExactly("a", "b", "_OTHER", "a");
        assertThat(cap.overflows()).isEqualTo(1);
    }

    @Test
    void urlsAreNeverToldApart() {
        LabelCap cap = new LabelCap("endpoint", 10, null);
        assertThat(cap.admit("GET https://shop.example/stock/17")).isEqualTo("_OTHER");
        assertThat(cap.admit("GET /stock?sku=17")).isEqualTo("_OTHER");
        assertThat(cap.admit("GET /stock/{sku}")).isEqualTo("GET /stock/{sku}");
        assertThat(cap.overflows()).isEqualTo(2);
    }

    @Test
    void onlyNamedOnesIfTheyAreNamed() {
        LabelCap cap = new LabelCap("endpoint", 10, Set.of("a"));
        assertThat(cap.admit("a")).isEqualTo("a");
        assertThat(cap.admit("b")).isEqualTo("_OTHER");
    }

    @Test
    void theBoundHoldsWhereThreadsBringTheLastOnesAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int round = 0; round < 200; round++) {
            LabelCap cap = new LabelCap("endpoint", 8, null);
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Set<String>>> admitted = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int from = t;
                admitted.add(threads.submit(() -> {
                    start.await();
                    Set<String> seen = new TreeSet<>();
                    for (int i = 0; i < 20; i++) {
                        seen.add(cap.admit("v" + (from * 5 + i) % 20));
                    }
                    return seen;
                }));
            }
            start.countDown();
            Set<String> all = new TreeSet<>();
            for (Future<Set<String>> one : admitted) {
                all.addAll(one.get());
            }
            all.remove("_OTHER");
            assertThat(all).hasSizeBetween(5, 8);
        }
        threads.shutdownNow();
    }
}
