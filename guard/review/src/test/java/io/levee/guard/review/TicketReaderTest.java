package io.levee.guard.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.web.WebException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files as ticket systems and spreadsheets write them. */
class TicketReaderTest {
    private static List<Ticket> read(String text) {
        return TicketReader.read(text.getBytes(StandardCharsets.UTF_8), ZoneId.of("Asia/Shanghai"));
    }

    @Test
    void csvOfRfc4180IsReadWithByteOrderMarkQuotesLineBreaksAndChineseNames() {
        List<Ticket> tickets = read("\uFEFF编号,时间,内容,服务\r\n1,2026/11/25 2:20,\"付款失败，\r\n\"\"系统繁忙\"\"\",order\r\n"
                + "2,2026-11-25T02:20:00Z,x,\r\n");
        assertThat(tickets)
                .containsExactly(
                        new Ticket("1", Instant.parse("2026-11-24T18:20:00Z"), "付款失败，\r\n\"系统繁忙\"", "order"),
                        new Ticket("2", Instant.parse("2026-11-25T02:20:00Z"), "x", null));
        assertThat(read("id;time;text\n1;2026-11-25;a, b\n").get(0).text()).isEqualTo("a, b");
        assertThat(read("service\tid\ttime\ttext\ns\t1\t2026-11-25T10:00+08:00\ta\n")
                        .get(0))
                .isEqualTo(new Ticket("1", Instant.parse("2026-11-25T02:00:00Z"), "a", "s"));
    }

    @Test
    void jsonIsReadAsAnArrayOrInAnObject() {
        String one = "{\"id\": 7, \"time\": \"2026-11-25T02:20:00Z\", \"text\": \"late\", \"more\": [1]}";
        assertThat(read("[" + one + "]"))
                .isEqualTo(read("{\"tickets\": [" + one + "]}"))
                .hasSize(1);
        assertThat(read("[" + one + "]").get(0).id()).isEqualTo("7");
    }

    @Test
    void mistakesAreNamedByTheirPlaceAndAllAtOnce() {
        assertThatThrownBy(() -> read("id,time,text\n1,yesterday,x\n,2026-11-25,x\n3,2026-11-25,\n"))
                .isInstanceOf(WebException.class)
                .hasMessageContaining("line 2: time is 'yesterday'")
                .hasMessageContaining("by the clocks of Asia/Shanghai")
                .hasMessageContaining("line 3: id is empty")
                .hasMessageContaining("line 4: text is empty");
        assertThatThrownBy(() -> read("nummer,zeit\n1,2\n"))
                .hasMessageContaining("line 1: the header has no column id");
        assertThatThrownBy(() -> read("id,time,text\n1,2026-11-25,\"open\n")).hasMessageContaining("RFC 4180");
        assertThatThrownBy(() -> read("[{\"id\": 1,]")).hasMessageContaining("line 1 column");
        assertThatThrownBy(() -> read(" \n")).hasMessageContaining("empty");
        byte[] gbk = "id,time,text\n1,2026-11-25,付款失败\n".getBytes(Charset.forName("GB18030"));
        assertThatThrownBy(() -> TicketReader.read(gbk, ZoneId.of("UTC")))
                .hasMessageContaining("line 2: this is no UTF-8")
                .hasMessageContaining("CSV UTF-8");
    }

    @Test
    void longTextsAreCutBetweenCharacters() {
        String text = read("id,time,text\n1,2026-11-25," + "\uD83D\uDE00".repeat(3_000) + "\n")
                .get(0)
                .text();
        assertThat(text.codePointCount(0, text.length())).isEqualTo(TicketReader.LONGEST_TEXT);
    }
}
