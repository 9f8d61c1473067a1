package io.levee.jdbc;

import io.levee.Attempt;
import io.levee.Call;
import io.levee.Fate;
import io.levee.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One call: its attempts, each a connection and a transaction of its own. Confined to the caller's thread. */
final class TransactionCall<T extends @Nullable Object, X extends Throwable> {
    private final LeveeJdbc.Settings settings;
    private final Transaction<T> kind;
    private final TransactionBody<T, X> body;

    // For the last attempt.
    private Stage stage = Stage.CONNECTING;

    // Across attempts.
    /** What the body returned in the attempts whose COMMIT got no answer, by the name that stands in their record. */
    private final Map<String, T> unanswered = new HashMap<>();

    private @Nullable T lastUnanswered;
    private @Nullable String callId;

    TransactionCall(LeveeJdbc.Settings settings, Transaction<T> kind, TransactionBody<T, X> body) {
        this.settings = settings;
        this.kind = kind;
        this.body = body;
    }

    T run() throws SQLException, X {
        Call<T> call = Call.<T>named(kind.operation()).outcome(this::outcome).target(settings.target());
        if (kind.isRepeatable()) {
            call = call.idempotent();
        }
        if (kind.deadline() != null) {
            call = call.deadline(kind.deadline());
        }
        try {
            return settings.levee().<T, Throwable>call(call, this::attempt);
        } catch (Throwable thrown) {
            throw TransactionCall.<RuntimeException>sneaky(thrown);
        }
    }

    private T attempt(Attempt attempt) throws Throwable {
        stage = Stage.CONNECTING;
        String committer = committer(attempt.number());
        try (Watchdog watchdog = Watchdog.start(attempt.remainingNanos())) {
            Session session = new Session(settings.dataSource().getConnection(), watchdog);
            stage = Stage.OPEN;
            Throwable failure = null;
            try {
                return inTransaction(session, watchdog, committer);
            } catch (Throwable thrown) {
                failure = thrown;
                throw thrown;
            } finally {
                session.end(failure);
            }
        }
    }

    private T inTransaction(Session session, Watchdog watchdog, String committer) throws Throwable {
        Connection connection = session.begin(kind, settings.database(session), settings.serverTimeouts());
        if (!unanswered.isEmpty() && isCommitted(connection)) {
            return committedValue();
        }
        String key = kind.idempotencyKey();
        if (key != null) {
            String by = record(session, connection, key, committer);
            if (by != null) {
                return valueOf(by, key);
            }
        }
        T value = body.run(connection);
        Predicate<? super T> lost = kind.lostUpdate();
        if (lost != null && lost.test(value)) {
            throw new LostUpdateException("lost update: the result " + value + " says so (lostUpdateIf)");
        }
        watchdog.beginCommit();
        stage = Stage.COMMITTING;
        try {
            session.commit();
        } catch (Throwable thrown) {
            if (isUnanswered(thrown)) {
                unanswered.put(committer, value);
                lastUnanswered = value;
            }
            throw thrown;
        }
        return value;
    }

    /** The user's own check; it knows the work, not the attempt. */
    private boolean isCommitted(Connection connection) throws SQLException {
        Transaction.CommitCheck check = kind.commitCheck();
        return check != null && check.isCommitted(connection);
    }

    @SuppressWarnings("NullAway") // a T: what the body returned, null only if that T may be null
    private T committedValue() {
        return lastUnanswered;
    }

    /**
     * Leaves this attempt's row; answers who has left one before, if somebody has. An insert waits for another transaction
     * that has inserted the key and not ended yet, so it is the last word also where that one's COMMIT is still under way.
     */
    private @Nullable String record(Session session, Connection connection, String key, String committer)
            throws SQLException {
        IdempotencyTable table = settings.idempotencyTable();
        String by = unanswered.isEmpty() ? null : table.committer(connection, key);
        if (by != null) {
            return by;
        }
        try {
            table.insert(connection, key, committer);
            return null;
        } catch (SQLException refused) {
            if (!isDuplicate(refused)) {
                throw refused;
            }
            // In a transaction of its own: this one cannot go on (PostgreSQL), or does not see that row (snapshots).
            session.startOver();
            by = table.committer(connection, key);
            if (by == null) {
                // Deleted since: an old record that was cleaned away at this very moment.
                throw refused;
            }
            return by;
        }
    }

    private static boolean isDuplicate(SQLException refused) {
        String state = refused.getSQLState();
        return state != null && state.startsWith(SqlState.CLASS_INTEGRITY);
    }

    @SuppressWarnings("NullAway") // a T: what the body returned, null only if that T may be null
    private T valueOf(String by, String key) throws AlreadyCommittedException {
        if (!unanswered.containsKey(by)) {
            throw new AlreadyCommittedException(key, settings.idempotencyTable().name(), null);
        }
        return unanswered.get(by);
    }

    /** The name of an attempt in its record: which call, and which attempt of it. */
    private String committer(int attempt) {
        if (kind.idempotencyKey() == null) {
            return Integer.toString(attempt);
        }
        if (callId == null) {
            callId = UUID.randomUUID().toString();
        }
        return callId + '/' + attempt;
    }

    private boolean isUnanswered(Throwable thrown) {
        return SqlErrors.outcome(thrown, settings.product(), stage).fate() == Fate.SENT_NO_ANSWER;
    }

    private Outcome outcome(@Nullable T value, @Nullable Throwable failure) {
        if (failure == null) {
            return Outcome.value(value);
        }
        Outcome outcome = SqlErrors.outcome(failure, settings.product(), stage);
        // What became of the call's work is unknown for as long as one of its commits is, whatever came after.
        return unanswered.isEmpty() ? outcome : outcome.withFate(Fate.SENT_NO_ANSWER);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"
    }) // thrown as it came, whatever the compiler believes
    private static <E extends Throwable> E sneaky(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
