/** The metrics of a Levee, for exporters: names, labels and their bounds, counting. */
@org.jspecify.annotations.NullMarked
module io.levee.metrics {
    requires static org.jspecify;
    requires transitive io.levee;

    exports io.levee.metrics;
}
