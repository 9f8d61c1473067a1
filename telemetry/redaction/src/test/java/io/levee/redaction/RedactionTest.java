package io.levee.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET https://bob:hunter2@db/?token=abc&x=1 | GET https://REDACTED@db/?token=REDACTED&x=1",
                "Authorization: Bearer abcdef and more     | Authorization: REDACTED",
                "Set-Cookie: id=1; Path=/                  | Set-Cookie: REDACTED",
                "{\"api_key\": \"XYZ\"}                    | {\"api_key\": REDACTED}",
                "sent bearer abcdefgh                      | sent bearer REDACTED",
                "key AKIAIOSFODNN7EXAMPLE                  | key REDACTED",
                "GET /stock/{sku}                          | GET /stock/{sku}",
                "jdbc:postgresql://db:5432/shop refused    | jdbc:postgresql://db:5432/shop refused",
            })
    void whatLooksLikeASecretIsHiddenAndTheRestStays(String text, String shown) {
        assertThat(Redaction.known().of(text)).isEqualTo(shown);
    }

    @Test
    void ownPatternsAddToTheKnownOnes() {
        Redaction own = Redaction.known().and(Pattern.compile("\\d{4}-\\d{4}")).and(Pattern.compile("kid \\w+"));
        assertThat(own.of("card 4711-4712 of kid anna, pwd=x")).isEqualTo("card REDACTED of REDACTED, pwd=REDACTED");
        assertThat(Redaction.known().of("card 4711-4712")).isEqualTo("card 4711-4712");
    }

    @Test
    void aStackHasEveryFrameOfEveryCauseAndNoSecretOfAnyMessage() {
        IOException cause = new IOException("token=abc\nsecond line, password=def");
        IllegalStateException thrown = new IllegalStateException("secret: ghi", cause);
        thrown.addSuppressed(new IOException("cookie: jkl"));
        cause.addSuppressed(thrown);
        String stack = Redaction.known().stackOf(thrown);
        assertThat(stack)
                .startsWith("java.lang.IllegalStateException: secret: REDACTED\n\tat " + RedactionTest.class.getName())
                .contains("Caused by: java.io.IOException: token=REDACTED\nsecond line, password=REDACTED\n\tat ")
                .contains("\tSuppressed: java.io.IOException: cookie: REDACTED\n")
                .contains("[the same again: java.lang.IllegalStateException]");
        assertThat(stack.lines().filter(line -> line.contains("\tat ")).count())
                .isEqualTo(thrown.getStackTrace().length
                        + cause.getStackTrace().length
                        + thrown.getSuppressed()[0].getStackTrace().length);
    }
}
