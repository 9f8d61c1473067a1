package io.levee.guard.views;

import io.levee.yaml.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the views are set up. Immutable.
 *
 * @param traceLink where a trace is shown, with {@code {traceId}} in the place of its id, such as
 *     {@code https://jaeger.example/trace/{traceId}}; http or https; null for no links
 * @param problems what is wrong with the documents now: those of a broken file whose last good state is still in force, and
 *     warnings; asked once a second at most
 * @param publicMetrics whether {@code GET /metrics} is answered without a token; false, since names of services tell
 *     something. The server sets it where it listens on loopback only
 */
public record ViewSettings(@Nullable String traceLink, Supplier<List<Problem>> problems, boolean publicMetrics) {
    private static final String PLACE = "{traceId}";

    /** No links, no problems, metrics with a token only. */
    public static final ViewSettings DEFAULT = new ViewSettings(null, List::of, false);

    /**
     * Checks the link.
     *
     * @throws IllegalArgumentException if it is no address of http or https, or has no place for the id
     */
    public ViewSettings {
        if (traceLink != null) {
            check(traceLink);
        }
    }

    private static void check(String link) {
        String way = "; write such as https://jaeger.example/trace/{traceId}";
        if (!link.contains(PLACE)) {
            throw new IllegalArgumentException("the trace link '" + link + "' has no " + PLACE + way);
        }
        try {
            URI address = new URI(link.replace(PLACE, "0"));
            String scheme = address.getScheme();
            if (address.getHost() == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
                throw new IllegalArgumentException("the trace link '" + link + "' is no http or https address" + way);
            }
            URI elsewhere = new URI(link.replace(PLACE, "1"));
            if (!elsewhere.getHost().equals(address.getHost())) {
                throw new IllegalArgumentException("the trace link '" + link + "' has " + PLACE
                        + " in the host, so a trace could lead anywhere" + way);
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "the trace link '" + link + "' is no address: " + e.getReason() + way, e);
        }
    }

    /** Where a trace is shown; its id may have come from anybody, so it is encoded. */
    @Nullable
    String traceUrl(String traceId) {
        return traceLink == null
                ? null
                : traceLink.replace(
                        PLACE,
                        URLEncoder.encode(traceId, StandardCharsets.UTF_8).replace("+", "%20"));
    }
}
