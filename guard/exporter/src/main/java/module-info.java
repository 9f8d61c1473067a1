/** Tells a guard of every call that the library made. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.exporter {
    requires static org.jspecify;
    requires transitive io.levee;
}
