/** What the guard keeps: counts of events, traces of failures, and a record that is only ever appended to. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.store {
    requires static org.jspecify;
    requires transitive io.levee.guard.slo;
    requires java.sql;
    requires com.zaxxer.hikari;
    requires tools.jackson.databind;

    exports io.levee.guard.store;
    exports io.levee.guard.store.history;
}
