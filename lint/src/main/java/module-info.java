/** Finds in policy files what will hurt: see docs/lint.md for the rules. */
@org.jspecify.annotations.NullMarked
module io.levee.lint {
    requires static org.jspecify;
    requires io.levee;
    requires io.levee.test;
    requires transitive io.levee.config;

    exports io.levee.lint;
}
