package io.levee.guard.review;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.levee.guard.web.WebException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads tickets: CSV (RFC 4180, with a header line; commas, semicolons or tabs) or a JSON array, in UTF-8, with or without a
 * byte order mark. Either all of them or none; what is thrown names the first places that are wrong.
 */
final class TicketReader {
    static final int LONGEST_TEXT = 2_000;

    private static final int MOST_WRONG = 10;
    private static final int LONGEST_NAME = 200;
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-M-d H:mm[:ss[.SSS]]", Locale.ROOT);
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** What exports call the columns, in lower case. */
    private static final Map<String, List<String>> COLUMNS = columns();

    private final ZoneId zone;
    private final List<Ticket> tickets = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();

    private TicketReader(ZoneId zone) {
        this.zone = zone;
    }

    private static Map<String, List<String>> columns() {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        columns.put("id", List.of("id", "ticket", "ticket id", "编号", "工单号", "工单编号"));
        columns.put("time", List.of("time", "created", "created at", "created_at", "时间", "创建时间", "提交时间"));
        columns.put("text", List.of("text", "description", "subject", "内容", "描述", "问题描述", "标题"));
        columns.put("service", List.of("service", "服务"));
        return columns;
    }

    static List<Ticket> read(byte[] body, ZoneId zone) {
        String text = utf8(body);
        if (text.isBlank()) {
            throw new WebException(400, "there are no tickets: the body is empty; send CSV or JSON");
        }
        TicketReader reader = new TicketReader(zone);
        char first = text.stripLeading().charAt(0);
        if (first == '[' || first == '{') {
            reader.json(text);
        } else {
            reader.csv(text);
        }
        if (!reader.wrong.isEmpty()) {
            throw new WebException(400, String.join("\n", reader.wrong));
        }
        return reader.tickets;
    }

    private static String utf8(byte[] body) {
        ByteBuffer bytes = ByteBuffer.wrap(body);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            long line = 1;
            for (int i = 0; i < bytes.position(); i++) {
                line += body[i] == '\n' ? 1 : 0;
            }
            throw new WebException(
                    400,
                    "line " + line
                            + ": this is no UTF-8; save the file as UTF-8 (in Excel: 'CSV UTF-8'), or convert it:"
                            + " iconv -f GB18030 -t UTF-8");
        }
    }

    private void csv(String text) {
        String header = text.lines().findFirst().orElse("");
        char separator = header.indexOf(',') >= 0 ? ',' : header.indexOf(';') >= 0 ? ';' : '\t';
        try (CsvReader<CsvRecord> rows = CsvReader.builder()
                .fieldSeparator(separator)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .ofCsvRecord(text)) {
            Map<String, Integer> places = null;
            for (CsvRecord row : rows) {
                if (places == null) {
                    places = places(row);
                } else {
                    Map<String, String> fields = new LinkedHashMap<>();
                    places.forEach((name, place) -> {
                        if (place < row.getFieldCount()) {
                            fields.put(name, row.getField(place));
                        }
                    });
                    add("line " + row.getStartingLineNumber(), fields);
                }
            }
        } catch (CsvParseException e) {
            Throwable cause = e.getCause();
            throw new WebException(
                    400,
                    "this is no CSV (RFC 4180): " + e.getMessage() + (cause == null ? "" : ": " + cause.getMessage()));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Map<String, Integer> places(CsvRecord header) {
        Map<String, Integer> places = new LinkedHashMap<>();
        COLUMNS.forEach((name, spellings) -> {
            for (String spelling : spellings) {
                for (int i = 0; i < header.getFieldCount(); i++) {
                    if (header.getField(i).strip().toLowerCase(Locale.ROOT).equals(spelling)) {
                        places.putIfAbsent(name, i);
                    }
                }
            }
        });
        List<String> missing = new ArrayList<>(List.of("id", "time", "text"));
        missing.removeAll(places.keySet());
        if (!missing.isEmpty()) {
            throw new WebException(
                    400,
                    "line 1: the header has no column " + String.join(" and no column ", missing) + ", it has "
                            + String.join(", ", header.getFields()) + "; write id,time,text,service (编号,时间,内容,服务)");
        }
        return places;
    }

    private void json(String text) {
        JsonNode root;
        try {
            root = MAPPER.readTree(text);
        } catch (JacksonException e) {
            var place = e.getLocation();
            throw new WebException(
                    400,
                    "this is no JSON"
                            + (place == null ? "" : ", line " + place.getLineNr() + " column " + place.getColumnNr())
                            + ": " + e.getOriginalMessage());
        }
        JsonNode list = root.isObject() ? root.path("tickets") : root;
        if (!list.isArray()) {
            throw new WebException(
                    400,
                    "tickets in JSON are an array of {\"id\", \"time\", \"text\", \"service\"}, or {\"tickets\": [...]}");
        }
        int number = 0;
        for (JsonNode each : list) {
            Map<String, String> fields = new LinkedHashMap<>();
            for (String name : COLUMNS.keySet()) {
                JsonNode value = each.path(name);
                if (value.isString() || value.isNumber()) {
                    fields.put(name, value.asString());
                }
            }
            add("ticket [" + number++ + "]", fields);
        }
    }

    private void add(String place, Map<String, String> fields) {
        if (wrong.size() >= MOST_WRONG) {
            return;
        }
        String id = fields.getOrDefault("id", "").strip();
        String said = fields.getOrDefault("time", "").strip();
        String text = fields.getOrDefault("text", "").strip();
        String service = fields.getOrDefault("service", "").strip();
        if (id.isEmpty() || text.isEmpty()) {
            wrong.add(place + ": " + (id.isEmpty() ? "id" : "text") + " is empty");
        } else if (id.length() > LONGEST_NAME || service.length() > LONGEST_NAME) {
            wrong.add(place + ": id and service have at most " + LONGEST_NAME + " characters");
        } else {
            Instant time = time(said);
            if (time == null) {
                wrong.add(place + ": time is '" + (said.length() > 40 ? said.substring(0, 40) + "..." : said)
                        + "'; write 2026-11-25T02:20:00Z, or 2026-11-25 02:20 by the clocks of " + zone);
            } else {
                tickets.add(new Ticket(id, time, shortened(text), service.isEmpty() ? null : service));
            }
        }
        if (wrong.size() == MOST_WRONG) {
            wrong.add("and perhaps more; mend these first");
        }
    }

    /** What makes a topic stands at the beginning; the rest of a mail is greetings and signatures. */
    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST_TEXT
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST_TEXT));
    }

    private @Nullable Instant time(String said) {
        try {
            return OffsetDateTime.parse(said).toInstant();
        } catch (DateTimeException e) {
            // Perhaps without an offset.
        }
        String local = said.replace('/', '-').replace('T', ' ');
        try {
            return LocalDateTime.parse(local, LOCAL).atZone(zone).toInstant();
        } catch (DateTimeException e) {
            // Perhaps a day alone.
        }
        try {
            return LocalDate.parse(local).atStartOfDay(zone).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
