package io.levee.guard.slo.openslo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * Writes documents. All their fields are written in their order, those that Levee does not know as well; comments and layout
 * are not kept ({@link OpenSloFile#text} and {@link OpenSloFile#withTarget} keep those). Thread-safe.
 */
public final class OpenSloWriter {
    private OpenSloWriter() {}

    /**
     * Writes documents as one file.
     *
     * @param objects one or more
     * @return YAML that {@link OpenSloFile#parse} reads
     */
    public static String write(List<OpenSloObject> objects) {
        List<Map<String, @Nullable Object>> trees = new ArrayList<>();
        objects.forEach(object -> trees.add(object.tree()));
        return writeTrees(trees);
    }

    /**
     * Writes documents that a program made, from text, numbers, booleans, lists and maps, and checks them by reading them
     * again.
     *
     * @param trees one or more documents, each with apiVersion, kind, metadata and spec
     * @return the file
     * @throws OpenSloException if anything in it is wrong
     */
    public static OpenSloFile made(List<Map<String, @Nullable Object>> trees) {
        return OpenSloFile.parse("made", writeTrees(trees));
    }

    private static String writeTrees(List<Map<String, @Nullable Object>> trees) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setExplicitStart(trees.size() > 1)
                .setWidth(120)
                .build();
        return new Dump(settings).dumpAllToString(trees.iterator());
    }
}
