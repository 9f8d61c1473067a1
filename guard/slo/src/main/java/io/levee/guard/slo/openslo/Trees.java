package io.levee.guard.slo.openslo;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** YAML nodes as plain values that cannot be modified. */
final class Trees {
    private static final Pattern DECIMAL_INTEGER = Pattern.compile("[-+]?[0-9]{1,100}");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]{1,100}(\\.[0-9]{0,100})?([eE][-+]?[0-9]{1,3})?");

    private Trees() {}

    static @Nullable Object of(Node node) {
        if (node instanceof MappingNode mapping) {
            return map(mapping);
        }
        if (node instanceof SequenceNode sequence) {
            List<@Nullable Object> list = new ArrayList<>();
            sequence.getValue().forEach(each -> list.add(of(each)));
            return Collections.unmodifiableList(list);
        }
        return scalar((ScalarNode) node);
    }

    static Map<String, @Nullable Object> map(MappingNode mapping) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key) {
                map.put(key.getValue(), of(entry.getValueNode()));
            }
        }
        return Collections.unmodifiableMap(map);
    }

    /** Numbers exactly as they are written; what is a number to YAML but not to us stays a text. */
    private static @Nullable Object scalar(ScalarNode scalar) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        if (Tag.NULL.equals(tag)) {
            return null;
        }
        if (Tag.BOOL.equals(tag)) {
            return text.equalsIgnoreCase("true");
        }
        if (Tag.INT.equals(tag) && DECIMAL_INTEGER.matcher(text).matches()) {
            BigInteger value = new BigInteger(text);
            return value.bitLength() < Long.SIZE ? (Object) value.longValueExact() : value;
        }
        if (Tag.FLOAT.equals(tag) && DECIMAL.matcher(text).matches()) {
            return new BigDecimal(text.endsWith(".") ? text + "0" : text);
        }
        return text;
    }
}
