/** The monthly review: trends, tickets, and votes on targets. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.review {
    requires static org.jspecify;
    requires transitive io.levee.guard.store;
    requires transitive io.levee.guard.web;
}
