package io.levee.bench;

/** The JVM of one peer in one {@link Survey}. */
public final class SurveyMain {
    static final String MARK = "fact";

    private SurveyMain() {}

    /**
     * Measures and prints.
     *
     * @param arguments survey, peer, whether to be quick
     * @throws Exception what went wrong, for the error stream
     */
    public static void main(String[] arguments) throws Exception {
        Survey.valueOf(arguments[0])
                .measure(arguments[1], Boolean.parseBoolean(arguments[2]))
                .forEach((kind, value) -> System.out.println(Survey.line(kind, value)));
        System.exit(0);
    }
}
