package io.levee.guard.ingest;

import com.google.protobuf.InvalidProtocolBufferException;
import io.levee.guard.store.Store;
import io.levee.guard.store.Store.Appended;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes in what OTLP brings, whatever carried it. Thread-safe. */
final class Otlp {
    /** Cumulative series that are remembered: some 200 bytes each. */
    private static final int MOST_SERIES = 100_000;

    private final IngestSettings settings;
    private final Store store;
    private final Meter meter;
    private final StringCache strings = new StringCache();
    /** Guarded by itself: what a series grew by is counted and remembered before the next request is looked at. */
    private final SeriesMemory series;

    Otlp(IngestSettings settings, Store store, InstantSource clock, Meter meter) {
        this.settings = settings;
        this.store = store;
        this.meter = meter;
        this.series = new SeriesMemory(MOST_SERIES, clock.instant());
    }

    /** What the sender is told: how many were left out, and why. */
    record Taken(long rejected, @Nullable String complaint) {}

    /** One of OTLP's two requests. */
    interface Signal {
        Taken take(byte[] body, boolean json) throws BadPayload;
    }

    Taken traces(byte[] body, boolean json) throws BadPayload {
        byte[] protobuf = body;
        if (json) {
            ExportTraceServiceRequest.Builder builder = ExportTraceServiceRequest.newBuilder();
            OtlpJson.read(body, builder);
            protobuf = builder.build().toByteArray();
        }
        SpanBatch batch;
        try {
            batch = TraceReader.read(protobuf, settings, strings);
        } catch (InvalidProtocolBufferException e) {
            throw unreadable("ExportTraceServiceRequest", e);
        }
        Appended appended = batch.events.isEmpty() ? Appended.NONE : store.append(batch.events, batch.records, null);
        return taken(batch.rejected(), appended, batch.complaint(appended));
    }

    Taken metrics(byte[] body, boolean json) throws BadPayload {
        ExportMetricsServiceRequest.Builder builder = ExportMetricsServiceRequest.newBuilder();
        if (json) {
            OtlpJson.read(body, builder);
        } else {
            try {
                builder.mergeFrom(body);
            } catch (InvalidProtocolBufferException e) {
                throw unreadable("ExportMetricsServiceRequest", e);
            }
        }
        synchronized (series) {
            SeriesMemory.Change change = series.change();
            MetricsReader reader = new MetricsReader(settings, change);
            reader.read(builder.build());
            Appended appended = reader.bulks.isEmpty() ? Appended.NONE : store.appendBulk(reader.bulks);
            change.keep();
            return taken(reader.rejected, appended, reader.complaint(appended));
        }
    }

    private Taken taken(long unread, Appended appended, @Nullable String complaint) {
        meter.add(appended);
        meter.rejected.add(unread);
        return new Taken(unread + appended.expired() + appended.future(), complaint);
    }

    /** What of a batch the store did not take, that the sender should know. */
    static void complain(List<String> said, Appended appended) {
        if (appended.expired() > 0) {
            said.add(appended.expired() + " older than what is kept");
        }
        if (appended.future() > 0) {
            said.add(appended.future() + " later than the guard's clock: some clock is wrong");
        }
    }

    private static BadPayload unreadable(String message, InvalidProtocolBufferException e) {
        return new BadPayload("the body is no " + message + ": " + e.getMessage());
    }
}
