/** Reads the settings of {@code Levee}s from a YAML file: see docs/policy-file.md for the schema. */
@org.jspecify.annotations.NullMarked
module io.levee.config {
    requires static org.jspecify;
    requires transitive io.levee;
    requires transitive io.levee.yaml;
    requires org.snakeyaml.engine;

    exports io.levee.config;
}
