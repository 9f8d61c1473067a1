/** What the guard's pages and other tools read: budgets, curves, incidents, a heatmap, as JSON. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.views {
    requires static org.jspecify;
    requires transitive io.levee.guard.store;
    requires transitive io.levee.guard.web;

    exports io.levee.guard.views;
}
