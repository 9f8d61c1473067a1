package io.levee.cli;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON out of the commands. */
final class Json {
    private static final JsonMapper MAPPER = ExplainCommand.mapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** On one line, ended as JSON's readers expect it, whatever the platform. */
    static String line(JsonNode node) {
        return MAPPER.writeValueAsString(node) + '\n';
    }

    static JsonMapper mapper() {
        return MAPPER;
    }
}
