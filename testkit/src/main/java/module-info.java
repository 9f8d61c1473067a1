/** For the tests of those who use Levee: time that passes when a test says so, and downstreams that follow a script. */
@org.jspecify.annotations.NullMarked
module io.levee.test {
    requires transitive io.levee;
    requires static org.jspecify;

    exports io.levee.test;
}
