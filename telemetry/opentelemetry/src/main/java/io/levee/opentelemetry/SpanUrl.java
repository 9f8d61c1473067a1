package io.levee.opentelemetry;

/** A URL as a span may show it: no user, no password, no values of query parameters, no fragment. */
final class SpanUrl {
    private static final String HIDDEN = "REDACTED";

    private SpanUrl() {}

    static String redacted(String url) {
        int fragment = url.indexOf('#');
        String shown = fragment < 0 ? url : url.substring(0, fragment);
        int query = shown.indexOf('?');
        String before = query < 0 ? shown : shown.substring(0, query);
        return withoutUser(before) + (query < 0 ? "" : "?" + withoutValues(shown.substring(query + 1)));
    }

    private static String withoutUser(String url) {
        int authority = url.indexOf("//");
        if (authority < 0) {
            return url;
        }
        int path = url.indexOf('/', authority + 2);
        int end = path < 0 ? url.length() : path;
        int at = url.lastIndexOf('@', end - 1);
        return at < authority ? url : url.substring(0, authority + 2) + HIDDEN + ":" + HIDDEN + url.substring(at);
    }

    private static String withoutValues(String query) {
        StringBuilder shown = new StringBuilder(query.length());
        for (String parameter : query.split("&", -1)) {
            if (!shown.isEmpty()) {
                shown.append('&');
            }
            int equals = parameter.indexOf('=');
            // A parameter without a name may be the secret itself.
            shown.append(
                    equals < 0 ? (parameter.isEmpty() ? "" : HIDDEN) : parameter.substring(0, equals + 1) + HIDDEN);
        }
        return shown.toString();
    }
}
