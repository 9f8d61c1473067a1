/** The guard's pages. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.console {
    requires static org.jspecify;
    requires transitive io.levee.guard.web;

    exports io.levee.guard.console;
}
