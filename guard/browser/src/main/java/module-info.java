/** Errors that browsers saw: the script for pages, and where it reports to. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.browser {
    requires static org.jspecify;
    requires transitive io.levee.guard.store;
    requires transitive io.levee.guard.web;

    exports io.levee.guard.browser;
}
