package io.levee.guard.ingest;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.levee.yaml.read.Shown;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads OTLP's JSON into its messages: protobuf's JSON mapping, but ids are hexadecimal and enumerations are numbers (names are
 * taken, too). Unknown fields are passed over, as OTLP demands. Thread-safe.
 */
final class OtlpJson {
    private static final int DEEPEST = 100;
    private static final Set<String> IDS = Set.of("traceId", "spanId", "parentSpanId");
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();
    private static final Map<Descriptor, Map<String, FieldDescriptor>> FIELDS = new ConcurrentHashMap<>();

    private OtlpJson() {}

    /** Reads a message into a builder. */
    static void read(byte[] body, Message.Builder into) throws BadPayload {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new BadPayload("the body must be a JSON object");
            }
            message(json, into);
            if (json.nextToken() != null) {
                throw new BadPayload("the body has more than one JSON object");
            }
        } catch (JacksonException e) {
            throw new BadPayload("the body is no JSON: " + Shown.parsersWords(e.getOriginalMessage()));
        } catch (IllegalArgumentException e) {
            throw new BadPayload(e.getMessage() == null ? "a value has no place in its field" : e.getMessage());
        }
    }

    private static void message(JsonParser json, Message.Builder into) throws BadPayload {
        Map<String, FieldDescriptor> fields = fields(into.getDescriptorForType());
        for (JsonToken token = json.nextToken(); token == JsonToken.PROPERTY_NAME; token = json.nextToken()) {
            FieldDescriptor field = fields.get(json.currentName());
            JsonToken value = json.nextToken();
            if (field == null) {
                json.skipChildren();
            } else if (value != JsonToken.VALUE_NULL) {
                field(json, field, into);
            }
        }
    }

    private static void field(JsonParser json, FieldDescriptor field, Message.Builder into) throws BadPayload {
        if (!field.isRepeated()) {
            into.setField(field, value(json, field, into));
        } else if (json.currentToken() != JsonToken.START_ARRAY) {
            throw wrong(field, "must be an array");
        } else {
            while (json.nextToken() != JsonToken.END_ARRAY) {
                into.addRepeatedField(field, value(json, field, into));
            }
        }
    }

    private static Map<String, FieldDescriptor> fields(Descriptor type) {
        return FIELDS.computeIfAbsent(type, each -> {
            Map<String, FieldDescriptor> byName = new HashMap<>();
            for (FieldDescriptor field : each.getFields()) {
                byName.put(field.getName(), field);
                byName.put(field.getJsonName(), field);
            }
            return byName;
        });
    }

    private static Object value(JsonParser json, FieldDescriptor field, Message.Builder in) throws BadPayload {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw wrong(field, "must be an object");
            }
            Message.Builder inner = in.newBuilderForField(field);
            message(json, inner);
            return inner.build();
        }
        JsonToken token = json.currentToken();
        if (token == null || !token.isScalarValue()) {
            throw wrong(field, "must be a single value");
        }
        String text = json.getString();
        try {
            return scalar(field, token, text);
        } catch (IllegalArgumentException e) {
            throw wrong(field, "cannot be " + Shown.quoted(text));
        }
    }

    private static Object scalar(FieldDescriptor field, JsonToken token, String text) {
        return switch (field.getJavaType()) {
            case STRING -> {
                require(token == JsonToken.VALUE_STRING);
                yield text;
            }
            case BOOLEAN -> {
                require(token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE);
                yield token == JsonToken.VALUE_TRUE;
            }
            case LONG -> isUnsigned(field) ? Long.parseUnsignedLong(text) : Long.parseLong(text);
            case INT -> isUnsigned(field) ? Integer.parseUnsignedInt(text) : Integer.parseInt(text);
            case DOUBLE -> Double.parseDouble(text);
            case FLOAT -> Float.parseFloat(text);
            case BYTE_STRING -> {
                require(token == JsonToken.VALUE_STRING);
                yield ByteString.copyFrom(
                        IDS.contains(field.getJsonName())
                                ? HexFormat.of().parseHex(text)
                                : Base64.getDecoder().decode(text));
            }
            case ENUM -> enumeration(field, token, text);
            case MESSAGE -> throw new IllegalArgumentException("a message is no single value");
        };
    }

    private static EnumValueDescriptor enumeration(FieldDescriptor field, JsonToken token, String text) {
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return field.getEnumType().findValueByNumberCreatingIfUnknown(Integer.parseInt(text));
        }
        EnumValueDescriptor named = field.getEnumType().findValueByName(text);
        require(named != null);
        return java.util.Objects.requireNonNull(named);
    }

    private static boolean isUnsigned(FieldDescriptor field) {
        return switch (field.getType()) {
            case UINT32, UINT64, FIXED32, FIXED64 -> true;
            default -> false;
        };
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("of another type");
        }
    }

    private static BadPayload wrong(FieldDescriptor field, @Nullable String message) {
        return new BadPayload(field.getJsonName() + " " + message);
    }
}
