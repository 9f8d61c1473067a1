package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One exception object that many calls end with, as those are that are made once or kept by a cache. */
class SharedExceptionTest {
    private final ManualTime time = new ManualTime();
    private final IOException shared = new ConnectException("refused");

    private Levee.Builder levee(String downstream) {
        return Levee.named(downstream)
                .time(time)
                .executor(Runnable::run)
                .retry(RetryPolicy.fixed(Duration.ofMillis(10)).attempts(2));
    }

    private void end(Driver driver, Levee levee, String operation) {
        Throwable caught = catchThrowable(() -> driver.call(levee, time, Call.<String>named(operation), attempt -> {
            throw shared;
        }));
        assertThat(caught).isSameAs(shared);
    }

    @ParameterizedTest
    @EnumSource
    void carriesTheNewestRecordAndNotThatOfEachCall(Driver driver) {
        Levee inventory = levee("inventory").build();
        for (int call = 0; call < 100; call++) {
            end(driver, inventory, "stock-" + call);
            assertThat(Decision.of(shared).operation()).isEqualTo("stock-" + call);
        }
        assertThat(shared.getSuppressed()).hasSize(1);
        assertThat(shared.getSuppressed()[0]).hasMessage(Decision.of(shared).toString());
    }

    @Test
    void eachDownstreamLeavesANoteOfItsOwn() {
        end(Driver.SYNC, levee("inventory").build(), "stock");
        end(Driver.SYNC, levee("prices").build(), "price");
        end(Driver.SYNC, levee("prices").build(), "discount");
        assertThat(shared.getSuppressed())
                .extracting(note -> ((LeveeException) note).decision().operation())
                .containsExactly("stock", "discount");
    }

    /** A refusal that the attempt itself met is no note: what it says is of another call, and stays. */
    @Test
    void whatTheAttemptItselfHasSuppressedIsLeftAlone() {
        Levee open = levee("inventory").breaker(Breaker.consecutiveFailures(1)).build();
        open.breaker().forceOpen();
        LeveeException met = (LeveeException) catchThrowable(() -> open.call(attempt -> "never"));
        Decision ofAnother = met.decision();
        shared.addSuppressed(met);
        end(
                Driver.SYNC,
                levee("inventory").breaker(Breaker.consecutiveFailures(1)).build(),
                "stock");
        assertThat(Decision.of(shared).stop()).isEqualTo(ofAnother.stop());
        assertThat(Decision.of(shared).operation()).isEqualTo("stock");
        assertThat(met.decision()).isSameAs(ofAnother);
    }
}
