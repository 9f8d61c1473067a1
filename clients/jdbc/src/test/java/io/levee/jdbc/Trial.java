package io.levee.jdbc;

import io.levee.Decision;
import io.levee.Levee;
import io.levee.LeveeEvent;
import io.levee.RetryPolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** One guarded transaction against a real database, and all that could be seen of it. */
final class Trial {
    /** A body that knows which run of it this is, from 1 on. */
    interface Body {
        Integer run(Connection connection, int run) throws Exception;
    }

    /**
     * How it ended.
     *
     * @param value what the caller got
     * @param failure what the caller got instead
     * @param bodyRuns how often the body was run
     * @param decisions every retry's record and the last stop's
     * @param failures what those attempts threw
     */
    record Ending(Integer value, Throwable failure, int bodyRuns, List<Decision> decisions, List<Throwable> failures) {
        Decision first() {
            return decisions.get(0);
        }

        Decision last() {
            return decisions.get(decisions.size() - 1);
        }

        String firstState() {
            for (Throwable t = failures.get(0); t != null; t = t.getCause()) {
                if (t instanceof SQLException sql) {
                    String state = sql.getSQLState() == null ? "none" : sql.getSQLState();
                    return state + (sql.getErrorCode() == 0 ? "" : " / " + sql.getErrorCode());
                }
            }
            return failures.get(0).getClass().getSimpleName();
        }
    }

    private Trial() {}

    static Levee.Builder levee() {
        return Levee.named("db")
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                .noRetryBudget();
    }

    static Ending run(DataSource source, Transaction<Integer> kind, Body body) throws Exception {
        return run(source, levee(), kind, body);
    }

    static Ending run(DataSource source, Levee.Builder builder, Transaction<Integer> kind, Body body) throws Exception {
        return run(source, builder, UnaryOperator.identity(), kind, body);
    }

    static Ending run(
            DataSource source,
            Levee.Builder builder,
            UnaryOperator<LeveeJdbc.Builder> setUp,
            Transaction<Integer> kind,
            Body body)
            throws Exception {
        List<Decision> decisions = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        int[] runs = {0};
        Integer value = null;
        Throwable failure = null;
        try (Levee levee = builder.listener(event -> {
                    if (event instanceof LeveeEvent.RetryScheduled retry) {
                        decisions.add(retry.decision());
                        failures.add(retry.failure());
                    } else if (event instanceof LeveeEvent.CallEnded end) {
                        if (end.decision() != null) {
                            decisions.add(end.decision());
                            failures.add(end.failure());
                        }
                        ended.complete(null);
                    }
                })
                .build()) {
            LeveeJdbc jdbc = setUp.apply(LeveeJdbc.builder(source, levee)).build();
            try {
                value = jdbc.transaction(kind, connection -> body.run(connection, ++runs[0]));
            } catch (Throwable thrown) {
                failure = thrown;
            }
            ended.get(10, TimeUnit.SECONDS);
        }
        return new Ending(value, failure, runs[0], List.copyOf(decisions), new ArrayList<>(failures));
    }
}
