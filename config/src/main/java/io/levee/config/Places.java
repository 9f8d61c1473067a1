package io.levee.config;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Where the settings of a file stand. Looked up in the file's own nodes when somebody asks. */
final class Places {
    private final String file;
    private final @Nullable Node root;

    Places(String file, @Nullable Node root) {
        this.file = file;
        this.root = root;
    }

    /** The place of a setting's key; of the innermost block round it that the file has, if it has not the setting. */
    Place of(String... path) {
        Node at = root;
        Mark mark = null;
        for (String key : path) {
            NodeTuple tuple = at instanceof MappingNode mapping ? find(mapping, key) : null;
            if (tuple == null) {
                break;
            }
            mark = tuple.getKeyNode().getStartMark().orElse(mark);
            at = tuple.getValueNode();
        }
        return mark == null ? new Place(file, 1, 1) : new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static @Nullable NodeTuple find(MappingNode mapping, String key) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode scalar
                    && scalar.getValue().equals(key)) {
                return tuple;
            }
        }
        return null;
    }
}
