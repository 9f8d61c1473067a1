package io.levee.guard.store;

import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.Evidence;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Question;
import io.levee.guard.slo.gate.RetryRecord;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The store on a {@link Database}. */
final class SqlStore implements Store {
    private static final Duration CHECKPOINT = Duration.ofSeconds(10);
    private static final Duration RETENTION = Duration.ofHours(1);

    private final Database database;
    private final StoreSettings settings;
    private final CountWriter writer;
    private final CountReader reader;
    private final LedgerFeed feed;
    private final SqlLedger ledger;
    private volatile ObjectiveIndex index = ObjectiveIndex.EMPTY;
    private volatile boolean leads;
    private volatile boolean closed;
    private volatile @Nullable StoreException overtaken;
    private Instant nextCheckpoint = Instant.MIN;
    private Instant nextCheck = Instant.MIN;
    private Instant nextRetention = Instant.MIN;

    private SqlStore(Database database, StoreSettings settings) {
        this.database = database;
        this.settings = settings;
        CountMemory memory = new CountMemory(settings);
        writer = new CountWriter(database, settings, memory);
        reader = new CountReader(database, memory, writer);
        feed = new LedgerFeed(database, writer::follow);
        ledger = new SqlLedger(database, settings.clock(), feed);
    }

    static SqlStore open(Database database, StoreSettings settings) {
        try {
            Migrations.apply(database);
            SqlStore store = new SqlStore(database, settings);
            store.writer.load();
            store.leads = database.lead();
            store.feed.start();
            return store;
        } catch (SQLException | RuntimeException e) {
            database.close();
            if (e instanceof StoreException known) {
                throw known;
            }
            throw new StoreException("what is kept in " + settings + " cannot be read (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public void track(List<Tracked> objectives) {
        index = new ObjectiveIndex(objectives);
    }

    @Override
    public Appended append(List<Event> events, List<RetryRecord> records, @Nullable String batchId) {
        return write(alone(events), records, new Batch.Name(batchId, null));
    }

    @Override
    public Appended appendLines(List<Event> events, List<RetryRecord> records, Imported.Lines lines) {
        return write(alone(events), records, new Batch.Name(null, lines));
    }

    @Override
    public Imported imported(String name) {
        checkOpen();
        try {
            return database.read(connection -> CountTables.imported(connection, name));
        } catch (SQLException e) {
            throw new StoreException("how far an import has come cannot be read (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public Appended appendBulk(List<Bulk> bulks) {
        return write(bulks, List.of(), Batch.Name.NONE);
    }

    private static List<Bulk> alone(List<Event> events) {
        return events.stream().map(event -> new Bulk(event, 1)).toList();
    }

    private Appended write(List<Bulk> bulks, List<RetryRecord> records, Batch.Name name) {
        checkOpen();
        return writer.append(
                new Batch(bulks, records, name, index, settings.clock().instant(), settings.hoursFor()));
    }

    private void checkOpen() {
        StoreException newer = overtaken;
        if (newer != null) {
            throw new StoreException(String.valueOf(newer.getMessage()), newer);
        }
        if (closed) {
            throw new StoreException("the store is closed");
        }
    }

    /** Lets go of a shared database whose tables a newer guard has changed: what is written from now on may be read wrong here. */
    private void checkTables(Instant now) {
        if (!database.isShared() || now.isBefore(nextCheck)) {
            return;
        }
        nextCheck = now.plus(CHECKPOINT);
        try {
            overtaken = Migrations.overtaken(database);
        } catch (SQLException ignored) {
            // That the server is away is told by whoever has something to write.
            return;
        }
        if (overtaken != null) {
            leads = false;
            closed = true;
            feed.close();
            database.close();
            checkOpen();
        }
    }

    @Override
    public synchronized void tick(Instant now) {
        checkOpen();
        checkTables(now);
        leads = database.lead();
        try {
            if (leads && !now.isBefore(nextCheckpoint)) {
                writer.checkpoint(now.toEpochMilli());
                nextCheckpoint = now.plus(CHECKPOINT);
            }
            boolean retention = !now.isBefore(nextRetention);
            if (retention) {
                nextRetention = now.plus(RETENTION);
                if (leads) {
                    writer.deleteOld(now.toEpochMilli());
                }
            }
            writer.shrink(now.toEpochMilli(), retention);
        } catch (SQLException e) {
            throw new StoreException(
                    "what was counted cannot be tidied up in " + settings + " (" + e.getMessage()
                            + "); nothing is lost, and it is tried again",
                    e);
        }
    }

    @Override
    public Terms.Source counts(String slo) {
        return range -> reader.counts(slo, range);
    }

    @Override
    public List<Step> steps(String slo, TimeRange range, Duration step) {
        return reader.steps(slo, range, step);
    }

    @Override
    public Tally tally(String slo, TimeRange range) {
        return reader.tally(slo, range);
    }

    @Override
    public Evidence evidence(Question question, Terms terms, GatePolicy policy) {
        return reader.kept(question.slo(), kept -> Evidence.of(question, terms, policy, kept));
    }

    @Override
    public List<Trace> traces(String slo, TimeRange range, int most) {
        return reader.traces(slo, range, most);
    }

    @Override
    public List<RetryDecision> decisions(String slo, TimeRange range, int most) {
        return reader.decisions(slo, range, most);
    }

    @Override
    public List<ReleaseSeen> releases(String slo, TimeRange range) {
        return reader.releases(slo, range);
    }

    @Override
    public @Nullable Instant last(String slo) {
        return reader.last(slo);
    }

    @Override
    public Ledger ledger() {
        return ledger;
    }

    @Override
    public boolean leads() {
        return leads && !closed;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        feed.close();
        try {
            if (leads) {
                // What is still in the journal alone would be as safe; the next start is faster this way.
                writer.checkpoint(settings.clock().millis());
            }
        } catch (SQLException e) {
            System.getLogger(SqlStore.class.getName())
                    .log(System.Logger.Level.WARNING, "the store was closed without its last tidying up", e);
        } finally {
            database.close();
        }
    }
}
