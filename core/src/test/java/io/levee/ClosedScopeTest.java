package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The tree of scopes, when scopes are closed before the work in them ends. */
class ClosedScopeTest {
    private final Levee levee = Levee.named("downstream")
            .time(new ManualTime())
            .executor(Runnable::run)
            .build();

    private final CompletableFuture<String> stage = new CompletableFuture<>();

    @Test
    void workInAClosedScopeIsCancelledWithTheScopeAbove() {
        CompletableFuture<String> call;
        try (Scope outer = Scope.open()) {
            try (Scope inner = Scope.open()) {
                call = levee.callAsync(attempt -> stage);
            }
            assertThat(call).isNotDone();
            outer.cancel();
        }
        assertThat(call).isCompletedExceptionally();
        assertThat(stage).as("the attempt").isCancelled();
    }

    @Test
    void workThatAnAttemptStartedIsCancelledWithTheScopeAbove() {
        CompletableFuture<String> call;
        try (Scope outer = Scope.open()) {
            call = levee.call(attempt -> levee.callAsync(inner -> stage));
            assertThat(call).isNotDone();
            outer.cancel();
        }
        assertThat(call).isCompletedExceptionally();
    }

    @Test
    void workThatBeginsInAClosedScopeIsCancelledWithTheScopeAbove() throws Exception {
        CompletableFuture<String> call;
        try (Scope outer = Scope.open()) {
            Scope captured = Scope.capture();
            captured.close();
            call = captured.wrap(() -> levee.callAsync(attempt -> stage)).call();
            assertThat(call).isNotDone();
            outer.cancel();
        }
        assertThat(call).isCompletedExceptionally();
    }

    @Test
    void aClosedScopeStaysInTheTreeOnlyWhileWorkGoesOnInIt() {
        try (Scope outer = Scope.open()) {
            Scope idle = Scope.open();
            idle.close();
            assertThat(idle.memberOf).as("closed without work").isNull();

            Scope busy = Scope.open();
            CompletableFuture<String> call = levee.callAsync(attempt -> stage);
            busy.close();
            assertThat(busy.memberOf).as("closed while work goes on").isSameAs(outer);
            stage.complete("value");
            assertThat(call).isCompletedWithValue("value");
            assertThat(busy.memberOf).as("the work has ended").isNull();

            Scope cancelled = Scope.open();
            levee.callAsync(attempt -> new CompletableFuture<>());
            cancelled.close();
            cancelled.cancel();
            assertThat(cancelled.memberOf).as("cancelled after closing").isNull();
        }
    }
}
