package io.levee.guard.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.store.Imported;
import io.levee.guard.store.Store;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NdjsonTest {
    private static final String LINE = "{\"time\":\"2026-11-25T10:00:00Z\",\"service\":\"order\",\"outcome\":\"good\","
            + "\"environment\":\"production\"}\n";

    private final Guard guard = new Guard(IngestSettings.defaults());

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

    private static final String RECORD = "{\"decision\":\"retry in 5 ms\",\"rule\":\"connect\",\"time\":1764064800000,"
            + "\"service\":\"shop\",\"environment\":\"production\"}\n";

    /** What it was told. */
    private static final class Heard implements NdjsonImport.Listener {
        private final List<String> told = new ArrayList<>();

        @Override
        public void at(long bytes, long lines) {
            told.add(lines + " lines, " + bytes + " bytes");
        }

        @Override
        public void refused(long number, byte[] line, String reason) {
            told.add(number + ": " + reason);
        }
    }

    private final Heard heard = new Heard();

    private NdjsonImport.Result read(byte[] file) throws IOException {
        return new NdjsonImport(NdjsonImport.Target.of(guard.recorded.store), heard)
                .read(new ByteArrayInputStream(file));
    }

    private NdjsonImport.Result read(String file) throws IOException {
        return read(Guard.utf8(file));
    }

    @Test
    void aFileIsReadInPartsAndCountsOnceThoughItHasGrownAndNoEventHasAnId() throws Exception {
        NdjsonImport.Result first = read(LINE.repeat(12_000));
        assertThat(first.appended().counted()).isEqualTo(12_000);
        assertThat(heard.told).hasSize(3).last().isEqualTo("12000 lines, " + 12_000 * LINE.length() + " bytes");
        assertThat(heard.told.get(0)).startsWith("5000 lines, ");
        NdjsonImport.Result grown = read(LINE.repeat(12_002));
        assertThat(grown.before()).isEqualTo(12_000);
        assertThat(grown.appended().counted()).isEqualTo(2);
        assertThat(read(LINE.repeat(12_002)).events()).isZero();
        assertThat(guard.recorded.events()).hasSize(12_002);
    }

    @Test
    void anImportThatWasCutOffGoesOnWhereItEnded() throws Exception {
        NdjsonImport.Target broken = new NdjsonImport.Target() {
            @Override
            public Imported imported(String name) {
                return guard.recorded.store.imported(name);
            }

            @Override
            public Store.Appended append(NdjsonImport.Part part) {
                if (part.lines().from() > 5_000) {
                    throw new IllegalStateException("cut off");
                }
                return NdjsonImport.Target.of(guard.recorded.store).append(part);
            }
        };
        byte[] file = Guard.utf8(LINE.repeat(7_000));
        assertThatThrownBy(() -> new NdjsonImport(broken, heard).read(new ByteArrayInputStream(file)))
                .hasMessage("cut off");
        assertThat(read(file).before()).isEqualTo(5_000);
        assertThat(guard.recorded.events()).hasSize(7_000);
    }

    @Test
    void aWrongLineIsToldAndLeftOutAndDecisionRecordsAreRead() throws Exception {
        NdjsonImport.Result result = read(LINE + "nonsense\n\n" + RECORD + LINE.replace("good", "fine") + LINE);
        assertThat(result.appended().counted()).isEqualTo(2);
        assertThat(result.records()).isEqualTo(1);
        assertThat(result.refused()).isEqualTo(2);
        assertThat(result.lines()).isEqualTo(6);
        assertThat(guard.recorded.records()).hasSize(1);
        assertThat(heard.told).hasSize(3);
        assertThat(heard.told.get(0)).startsWith("2: is no JSON");
        assertThat(heard.told.get(1)).startsWith("5: outcome must be one of good, bad, degraded");
    }

    @Test
    void bytesThatAreNoTextAndLinesWithoutEndAreToldAndTheRestGoesOn() throws Exception {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(Guard.utf8(LINE));
        file.writeBytes(new byte[] {(byte) 0xC3, '(', '\n'});
        file.writeBytes(Guard.utf8("x".repeat((1 << 20) + 1) + "\r\n" + LINE.strip()));
        assertThat(read(Guard.gzip(file.toByteArray())).appended().counted()).isEqualTo(2);
        assertThat(heard.told).startsWith("2: is not UTF-8", "3: is longer than 1048576 bytes; one line is one event");
        assertThat(read("").lines()).isZero();
    }

    @Test
    void aFileThatBeginsAlikeAndIsAnotherIsRefusedAndCountsForNothing() throws Exception {
        read(LINE + LINE);
        assertThatThrownBy(() -> read(LINE + LINE.replace("good", "bad") + LINE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("begins with other lines, and 2 are in under the name 'file-");
        assertThatThrownBy(() -> read(LINE)).hasMessageContaining("has 1 lines, and 2 are in");
        assertThat(guard.recorded.events()).hasSize(2);
    }

    @Test
    void linesOfAnImportCountOnceAndInTheirOrder() throws Exception {
        assertThat(Guard.text(sendLines("from=1&to=2&digest=a"))).contains("\"counted\":2");
        assertThat(Guard.text(sendLines("from=1&to=2&digest=a"))).contains("\"counted\":0", "\"duplicates\":2");
        HttpResponse<byte[]> gap = sendLines("from=4&to=5&digest=a");
        assertThat(gap.statusCode()).isEqualTo(409);
        assertThat(Guard.text(gap)).contains("line 3 comes next, not lines 4 to 5");
        assertThat(Guard.text(guard.get("/api/v1/imports/may"))).contains("\"lines\":2", "\"digest\":\"a\"");
        assertThat(Guard.text(guard.get("/api/v1/imports/june"))).contains("\"lines\":0");
        for (String wrong : List.of("from=0&to=2&digest=a", "from=3&to=2&digest=a", "from=3&digest=a", "from=3&to=4")) {
            assertThat(sendLines(wrong).statusCode()).as(wrong).isEqualTo(400);
        }
        HttpResponse<byte[]> bad = guard.post(
                "/api/v1/events?import=may&from=3&to=4&digest=b", "application/x-ndjson", Guard.utf8(LINE + "{"));
        assertThat(Guard.text(bad)).contains("line 4: is no JSON", "no event of this batch was taken");
    }

    private HttpResponse<byte[]> sendLines(String query) throws Exception {
        return guard.post("/api/v1/events?import=may&" + query, "application/x-ndjson", Guard.utf8(LINE + LINE));
    }
}
