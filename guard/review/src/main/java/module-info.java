/** The monthly review: trends, tickets, and votes on targets. */
@SuppressWarnings("requires-automatic") // Carrot2 and java-diff-utils are no modules
@org.jspecify.annotations.NullMarked
module io.levee.guard.review {
    requires static org.jspecify;
    requires transitive io.levee.guard.store;
    requires transitive io.levee.guard.web;
    requires de.siegmar.fastcsv;
    requires io.github.javadiffutils;
    requires org.apache.lucene.analysis.smartcn;
    requires org.apache.lucene.core;
    requires org.carrot2.core;
    requires tools.jackson.databind;

    exports io.levee.guard.review;
}
