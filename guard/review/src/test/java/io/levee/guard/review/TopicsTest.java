package io.levee.guard.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Real complaints in two languages. */
class TopicsTest {
    private static final List<Ticket> NOVEMBER = TicketReader.read(ReviewGuard.november(), ZoneId.of("UTC"));

    @Test
    void sameTicketsGiveSameTopicsInWhateverOrderTheyCome() {
        List<Topics.Topic> topics = new Topics().of(NOVEMBER);
        List<Ticket> shuffled = new ArrayList<>(NOVEMBER);
        Collections.shuffle(shuffled, new Random(7));
        assertThat(new Topics().of(shuffled)).isEqualTo(topics);
        assertThat(topics).extracting(Topics.Topic::label).contains("付款失败", "物流信息", "Checkout Failed", "Delivery Date");
        for (Topics.Topic topic : topics) {
            boolean chinese = topic.label().codePoints().anyMatch(Character::isIdeographic);
            assertThat(topic.tickets()).hasSizeGreaterThan(1).allMatch(ticket -> ticket.isChinese() == chinese);
        }
        assertThat(Topics.others(NOVEMBER, topics))
                .isNotEmpty()
                .noneMatch(other ->
                        topics.stream().anyMatch(topic -> topic.tickets().contains(other)));
    }

    @Test
    void noneOneAndVeryManyTicketsAreClusteredToo() {
        assertThat(new Topics().of(List.of())).isEmpty();
        assertThat(new Topics().of(NOVEMBER.subList(0, 1))).isEmpty();
        List<Ticket> many = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            Ticket ticket = NOVEMBER.get(i % NOVEMBER.size());
            many.add(new Ticket("m" + i, Instant.ofEpochSecond(i), ticket.text(), null));
        }
        assertThat(new Topics().of(many))
                .isEqualTo(new Topics().of(many))
                .anyMatch(topic ->
                        topic.label().contains("付款失败") && topic.tickets().size() > 100);
    }

    @Test
    void languageIsThatOfMostOfTheWords() {
        assertThat(ticket("App 打开订单页面 error 500").isChinese()).isTrue();
        assertThat(ticket("Where is my order 北京").isChinese()).isFalse();
        assertThat(ticket("12345").isChinese()).isFalse();
    }

    private static Ticket ticket(String text) {
        return new Ticket("1", Instant.EPOCH, text, null);
    }
}
