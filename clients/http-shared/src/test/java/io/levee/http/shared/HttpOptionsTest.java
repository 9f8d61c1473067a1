package io.levee.http.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.Classifier;
import io.levee.Levee;
import io.levee.Outcome;
import io.levee.http.shared.options.HttpAdapterBuilder;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that all HTTP adapters share. */
class HttpOptionsTest {
    /** What each adapter's builder is. */
    private static final class Builder extends HttpAdapterBuilder<Builder> {
        Builder(Levee levee) {
            super(levee);
        }

        HttpOptions build() {
            return new HttpOptions(
                    levee(), replayBytesPerCall(), replayBytesPerClient(), keySource(), deadlineHeaderName());
        }
    }

    private static Builder builder() {
        return new Builder(Levee.named("any").build());
    }

    @ParameterizedTest
    @CsvSource({
        "GET,true",
        "HEAD,true",
        "OPTIONS,true",
        "TRACE,true",
        "PUT,true",
        "DELETE,true",
        "POST,false",
        "PATCH,false",
        "CONNECT,false",
        "get,false",
        "PROPFIND,false"
    })
    void aMethodIsRepeatableAsRfc9110Says(String method, boolean repeatable) {
        assertThat(HttpRules.isRepeatable(method, false)).isEqualTo(repeatable);
        assertThat(HttpRules.isRepeatable(method, true)).isTrue();
    }

    @Test
    void aKeyIsMadeOnlyWhereItIsAskedForAndMissingAndHelps() {
        assertThat(builder().build().newKey("POST", false)).isNull();
        Builder adding = builder().idempotencyKeys(true);
        HttpOptions keys = adding.build();
        assertThat(keys.newKey("POST", false)).matches("\"[0-9a-f-]{36}\"").isNotEqualTo(keys.newKey("POST", false));
        assertThat(keys.newKey("PATCH", false)).isNotNull();
        assertThat(keys.newKey("POST", true)).isNull();
        assertThat(keys.newKey("PUT", false)).isNull();
        adding.idempotencyKeys(() -> "\"mine\"");
        assertThat(adding.build().newKey("POST", false)).isEqualTo("\"mine\"");
    }

    @ParameterizedTest
    @CsvSource({"2999999,2", "0,0", "5000000,5"})
    void theTimeLeftIsRoundedDownToMilliseconds(long nanos, String expected) {
        assertThat(HttpOptions.deadlineMillis(nanos, List.of())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-3", "+3", "3.5", "3 4", "0x3", "9999999999999999999999", "abc"})
    void whatIsNoNumberCountsAsNoTime(String given) {
        assertThat(HttpOptions.deadlineMillis(7_000_000, List.of(given))).isEqualTo("7");
    }

    @Test
    void theShorterTimeIsSent() {
        assertThat(HttpOptions.deadlineMillis(7_000_000, List.of("300", " 3", "abc")))
                .isEqualTo("3");
        assertThat(HttpOptions.deadlineMillis(7_000_000, List.of("300"))).isEqualTo("7");
    }

    @Test
    void limitsAndNamesAreChecked() {
        Builder any = builder();
        assertThatThrownBy(() -> any.maxReplayBytesPerCall(-1)).hasMessageContaining("maxReplayBytesPerCall");
        assertThatThrownBy(() -> any.maxReplayBytesPerClient(-1)).hasMessageContaining("maxReplayBytesPerClient");
        assertThatThrownBy(() -> any.deadlineHeader(" ")).hasMessageContaining("deadlineHeader");
    }

    @Test
    void anAnswerIsReadWithItsStatusAndItsWait() {
        Outcome outcome = HttpRules.answered(Outcome.value("x"), 503, List.of("2", "5"), null, List.of());
        assertThat(outcome.status()).isEqualTo(503);
        assertThat(outcome.minDelayNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
        assertThat(HttpRules.answered(Outcome.value("x"), 1000, List.of(), null, List.of())
                        .status())
                .isEqualTo(Outcome.NO_STATUS);
    }

    @Test
    void whetherAConnectionWasStaleIsTheEnginesWord() {
        HttpOptions options = builder().build();
        Outcome died = Outcome.failure(new EOFException("closed"));
        assertThat(options.isStaleConnection(died)).isFalse();
        assertThat(options.isStaleConnection(died.withConnectionReused(true))).isTrue();
        Levee ending = Levee.named("any")
                .classifier(Classifier.standard().finalOn(EOFException.class))
                .build();
        assertThat(new Builder(ending).build().isStaleConnection(died.withConnectionReused(true)))
                .isFalse();
    }

    @Test
    void anOperationIsNamedByMethodAndHost() {
        assertThat(HttpRules.operation("GET", "inventory")).isEqualTo("GET inventory");
        assertThat(HttpRules.operation("GET", null)).isEqualTo("GET");
    }

    /** Fails after some bytes, as a connection does that breaks in the middle. */
    private static final class Breaking extends java.io.OutputStream {
        private int left;

        Breaking(int left) {
            this.left = left;
        }

        @Override
        public void write(int b) throws IOException {
            if (left-- <= 0) {
                throw new IOException("broken");
            }
        }
    }

    private static HttpOptions bounded(int perCall, int perClient) {
        return builder()
                .maxReplayBytesPerCall(perCall)
                .maxReplayBytesPerClient(perClient)
                .build();
    }

    @Test
    void aBodyIsRecordedWholeBehindABrokenConnection() throws IOException {
        HttpOptions options = bounded(100, 100);
        BodyRecord record = new BodyRecord(options);
        assertThat(record.replayable()).isTrue();
        record.start(-1);
        assertThat(record.replayable()).isFalse();
        BodyRecord.Tee tee = record.tee(new Breaking(3));
        tee.write("0123456789".getBytes());
        tee.write("abc".getBytes());
        assertThatThrownBy(tee::done).hasMessage("broken");
        assertThat(record.replayable()).isTrue();
        java.io.ByteArrayOutputStream again = new java.io.ByteArrayOutputStream();
        record.writeTo(again);
        assertThat(again).hasToString("0123456789abc");
        assertThat(options.quota().used()).isEqualTo(13);
        record.end();
        assertThat(options.quota().used()).isZero();
    }

    @Test
    void beyondTheBoundsTheRecordIsGivenUpAndTheBrokenConnectionIsTold() throws IOException {
        for (HttpOptions options : List.of(bounded(12, 100), bounded(100, 12))) {
            BodyRecord record = new BodyRecord(options);
            record.start(-1);
            BodyRecord.Tee tee = record.tee(new Breaking(3));
            tee.write("0123456789".getBytes());
            assertThatThrownBy(() -> tee.write("abc".getBytes())).hasMessage("broken");
            assertThat(record.replayable()).isFalse();
            assertThat(options.quota().used()).isZero();
        }
    }

    @Test
    void aBodyThatSaysThatItIsTooLongIsNotRecordedAtAll() {
        BodyRecord record = new BodyRecord(bounded(12, 100));
        record.start(13);
        assertThat(record.isKeeping()).isFalse();
        assertThat(record.replayable()).isFalse();
    }
}
