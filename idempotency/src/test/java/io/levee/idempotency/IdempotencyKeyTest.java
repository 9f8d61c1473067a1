package io.levee.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {
    private static IdempotencyKey.Parsed parse(String value) {
        return IdempotencyKey.parse(List.of(value), false);
    }

    @Test
    void theContentOfTheQuotesIsTheKey() {
        assertThat(parse("\"8e03978e-40d5\"").key()).isEqualTo("8e03978e-40d5");
        assertThat(parse("  \"a b\" ").key()).isEqualTo("a b");
        assertThat(parse("\"a\\\"b\\\\c\"").key()).isEqualTo("a\"b\\c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\";x", "\"a\"; x=1;y=?0", "\"a\";t=tok/en;s=\"x\\\"y\";b=:aGk=:;d=@-12;f=1.5"})
    void parametersMeanNothing(String value) {
        assertThat(parse(value).key()).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a", "8e03978e-40d5-43e8-bc93-6894a57f9324", "\"a", "a\"", "\"a\"b", "\"a\" \"b\"", "\"a\", \"b\"",
                        "\"\\a\"",
                "\"ä\"", "\"a\tb\"", "\"\"", "'a'", "\"a\";", "\"a\";X=1", "\"a\";x=", "?1", "12"
            })
    void everythingElseIsRefused(String value) {
        assertThat(parse(value).key()).isNull();
        assertThat(parse(value).wrong()).isNotBlank();
    }

    @Test
    void severalHeadersAreRefused() {
        assertThat(IdempotencyKey.parse(List.of("\"a\"", "\"a\""), true).wrong())
                .contains("2 Idempotency-Key headers");
    }

    @Test
    void keysWithoutQuotesAreTakenWhereAskedFor() {
        assertThat(IdempotencyKey.parse(List.of("8e03978e-40d5"), true).key()).isEqualTo("8e03978e-40d5");
        assertThat(IdempotencyKey.parse(List.of("a b"), true).key()).isNull();
        assertThat(IdempotencyKey.parse(List.of("\"a\""), true).key()).isEqualTo("a");
    }

    @Test
    void aKeyOf255CharactersIsTheLongest() {
        assertThat(parse('"' + "k".repeat(255) + '"').key()).hasSize(255);
        assertThat(parse('"' + "k".repeat(256) + '"').wrong()).contains("256");
        assertThat(parse('"' + "k".repeat(1 << 16) + '"').wrong()).contains("65538");
    }

    /** Nothing that a client sends costs more than a look, or throws. */
    @Property(tries = 2000)
    void anyTextIsAnsweredEitherWay(@ForAll @CharRange(to = (char) 127) @StringLength(max = 1100) String value) {
        IdempotencyKey.Parsed parsed = parse(value);
        assertThat(parsed.key() == null).isNotEqualTo(parsed.wrong() == null);
    }
}
