package io.levee.guard.review;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a customer wrote.
 *
 * @param id of the system that it comes from; the newest of an id counts
 * @param time when it came
 * @param text in Chinese or English
 * @param service which it is about; null if unknown
 */
record Ticket(
        String id, Instant time, String text, @Nullable String service) {
    private static final int CHINESE_FROM = 3;

    Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("time", time.toString());
        map.put("text", text);
        map.put("service", service);
        return map;
    }

    static Ticket of(Map<?, ?> map) {
        Object service = map.get("service");
        return new Ticket(
                String.valueOf(map.get("id")),
                Instant.parse(String.valueOf(map.get("time"))),
                String.valueOf(map.get("text")),
                service == null ? null : service.toString());
    }

    /**
     * Whether it is clustered as Chinese: at least a third as many Han characters as Latin letters, since Chinese tickets name
     * products and error codes in Latin ones, and one word of Chinese is 2 characters where English has 6 letters.
     */
    boolean isChinese() {
        long han = text.codePoints()
                .filter(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN)
                .count();
        long latin = text.codePoints()
                .filter(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.LATIN)
                .count();
        return han > 0 && han * CHINESE_FROM >= latin;
    }
}
