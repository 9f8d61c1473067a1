/** YAML with places: what the readers of policy files and of SLO documents share. */
@SuppressWarnings("module") // the modules that it is exported to are built after it
@org.jspecify.annotations.NullMarked
module io.levee.yaml {
    requires static org.jspecify;
    requires org.snakeyaml.engine;

    exports io.levee.yaml;
    exports io.levee.yaml.read to
            io.levee.cli,
            io.levee.config,
            io.levee.guard.actions,
            io.levee.guard.ingest,
            io.levee.guard.slo,
            io.levee.guard.views,
            io.levee.lab;
}
