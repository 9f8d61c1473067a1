package io.levee.guard.web;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** How the guard reads and writes JSON. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(numbers())
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private Json() {}

    static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    static Map<String, @Nullable Object> object(byte[] body) {
        if (body.length == 0) {
            throw new WebException(400, "the body is empty; send a JSON object");
        }
        try {
            Map<String, @Nullable Object> object = MAPPER.readValue(body, OBJECT);
            if (object == null) {
                throw new WebException(400, "the body is null; send a JSON object");
            }
            return object;
        } catch (JacksonException e) {
            var location = e.getLocation();
            String where =
                    location == null ? "" : ", line " + location.getLineNr() + " column " + location.getColumnNr();
            throw new WebException(400, "the body is no JSON object" + where + ": " + e.getOriginalMessage());
        }
    }

    /** JSON has no NaN and no infinity, and readers that are sent one take the whole body for a string. */
    private static SimpleModule numbers() {
        ValueSerializer<Double> doubles = new ValueSerializer<>() {
            @Override
            public void serialize(Double value, JsonGenerator to, SerializationContext context) {
                if (Double.isFinite(value)) {
                    to.writeNumber(value);
                } else {
                    to.writeNull();
                }
            }
        };
        ValueSerializer<Float> floats = new ValueSerializer<>() {
            @Override
            public void serialize(Float value, JsonGenerator to, SerializationContext context) {
                if (Float.isFinite(value)) {
                    to.writeNumber(value);
                } else {
                    to.writeNull();
                }
            }
        };
        return new SimpleModule()
                .addSerializer(Double.class, doubles)
                .addSerializer(double.class, doubles)
                .addSerializer(Float.class, floats)
                .addSerializer(float.class, floats);
    }
}
