package io.levee.guard.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.store.Store;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NdjsonTest {
    private static final String LINE = "{\"time\":\"2026-11-25T10:00:00Z\",\"service\":\"order\",\"outcome\":\"good\","
            + "\"environment\":\"production\"}\n";

    private final Guard guard = new Guard(IngestSettings.defaults());

    @TempDir
    Path folder;

    private HttpResponse<byte[]> send(String body, String... headers) throws Exception {
        return guard.post("/api/v1/events", "application/x-ndjson", Guard.utf8(body), headers);
    }

    @Test
    void aBatchCountsOnceHoweverOftenItComes() throws Exception {
        assertThat(Guard.text(send(LINE + "\n" + LINE, "Levee-Batch", "6d1f0c9e-1")))
                .contains("\"events\":2")
                .contains("\"counted\":2");
        assertThat(Guard.text(send(LINE + "\n" + LINE, "Levee-Batch", "6d1f0c9e-1")))
                .contains("\"counted\":0")
                .contains("\"duplicates\":2");
        HttpResponse<byte[]> zipped = guard.post(
                "/api/v1/events",
                "application/x-ndjson",
                Guard.gzip(Guard.utf8(LINE)),
                "Content-Encoding",
                "gzip",
                "Levee-Batch",
                "6d1f0c9e-2");
        assertThat(zipped.statusCode()).isEqualTo(200);
        assertThat(guard.recorded.events()).hasSize(3);
        assertThat(Guard.text(send(LINE, "Levee-Batch", "short"))).contains("Levee-Batch must be 8 to 128");
    }

    @Test
    void aWrongLineIsNamedAndNothingOfItsBatchIsTaken() throws Exception {
        HttpResponse<byte[]> wrong = send(LINE + LINE + LINE.replace("good", "fine"));
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(Guard.text(wrong))
                .contains("line 3: outcome must be one of good, bad, degraded")
                .contains("no event of this batch was taken");
        assertThat(guard.recorded.events()).isEmpty();
        guard.recorded.isBroken = true;
        assertThat(send(LINE).statusCode()).isEqualTo(503);
    }

    @Test
    void aFileIsReadWithProgressAndCountsOnceThoughItHasGrown() throws Exception {
        NdjsonImport reader = new NdjsonImport(guard.recorded.store);
        Path file = folder.resolve("events.ndjson");
        Files.writeString(file, LINE.repeat(12_000));
        List<String> told = new ArrayList<>();
        Store.Appended first = reader.read(file, (bytes, of, events) -> told.add(100 * bytes / of + " % " + events));
        assertThat(first.counted()).isEqualTo(12_000);
        assertThat(told).hasSize(3).last().isEqualTo("100 % 12000");
        Files.writeString(file, LINE.repeat(12_002));
        assertThat(reader.read(file, (bytes, of, events) -> {}).counted()).isEqualTo(2);

        Path zipped = folder.resolve("more.ndjson.gz");
        Files.write(zipped, Guard.gzip(Guard.utf8(LINE.replace("good", "bad"))));
        reader.read(zipped, (bytes, of, events) -> {});
        assertThat(guard.recorded.count(Event.Outcome.BAD)).isEqualTo(1);

        Files.writeString(file, LINE + "nonsense\n");
        assertThatThrownBy(() -> reader.read(file, (bytes, of, events) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file + ": line 2: is no JSON");
    }
}
