package io.levee.guard.ingest;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the counter in a query: only a counter's own samples can be counted exactly. */
final class CounterQuery {
    private static final String SELECTOR =
            "[a-zA-Z_:][a-zA-Z0-9_:]*+(?:\\{(?:[^{}\"]++|\"(?:[^\"\\\\]++|\\\\.)*+\")*+\\})?";
    private static final Pattern PLAIN = Pattern.compile("(" + SELECTOR + ")");
    private static final Pattern SUM = Pattern.compile("sum\\s*\\(\\s*(" + SELECTOR + ")\\s*\\)");
    private static final Pattern SUM_OF_RATE = Pattern.compile("sum\\s*\\(\\s*(?:rate|increase)\\s*\\(\\s*(" + SELECTOR
            + ")\\s*\\[\\s*(?:\\{\\{\\s*\\.window\\s*\\}\\}|[0-9a-z]+)\\s*\\]\\s*\\)\\s*\\)");

    private CounterQuery() {}

    /** The selector of {@code x}, {@code sum(x)}, {@code sum(rate(x[...]))} or {@code sum(increase(x[...]))}. */
    static String selector(String query) {
        for (Pattern shape : new Pattern[] {PLAIN, SUM, SUM_OF_RATE}) {
            Matcher matcher = shape.matcher(query.strip());
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        throw new IllegalArgumentException(
                "the query '" + query.strip() + "' is no counter; write its name with matchers,"
                        + " such as requests_total{job=\"order\"}, or a sum(rate(...)) of it");
    }
}
