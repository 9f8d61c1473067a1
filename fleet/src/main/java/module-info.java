/** Limits of a whole fleet of processes, shared out through Redis. */
@org.jspecify.annotations.NullMarked
module io.levee.fleet {
    requires static org.jspecify;
    requires transitive io.levee;

    exports io.levee.fleet;
}
