package io.levee.guard.browser;

import io.levee.guard.slo.gate.Environment;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may report, and what their reports are joined with. Immutable.
 *
 * @param sites the only origins that are listened to; empty for none
 * @param joins which calls of backends belong to which paths
 * @param joinWindow how long a backend's failure waits for the browser's word; 1 s to 10 min
 * @param perRemotePerSecond reports that each address may send a second; five times as many at once
 * @param perSecond reports from all addresses together; twice as many at once
 */
public record BrowserSettings(
        List<Site> sites, List<Join> joins, Duration joinWindow, double perRemotePerSecond, double perSecond) {
    /** The longest wait for a browser's word. */
    public static final Duration MOST_WINDOW = Duration.ofMinutes(10);

    /**
     * Checks them.
     *
     * @throws IllegalArgumentException if a number is out of its bounds, or two sites have one origin
     */
    public BrowserSettings {
        sites = List.copyOf(sites);
        joins = List.copyOf(joins);
        if (joinWindow.compareTo(Duration.ofSeconds(1)) < 0 || joinWindow.compareTo(MOST_WINDOW) > 0) {
            throw new IllegalArgumentException(
                    "joinWindow must be 1 s to 10 min, is " + joinWindow.toMillis() / 1000.0 + " s");
        }
        if (!(perRemotePerSecond > 0) || !(perSecond > 0)) {
            throw new IllegalArgumentException(
                    "limits must be above 0, are " + perRemotePerSecond + " of a remote and " + perSecond + " in all");
        }
        if (sites.stream().map(Site::origin).distinct().count() < sites.size()) {
            throw new IllegalArgumentException("an origin has one site only: "
                    + sites.stream().map(Site::origin).toList());
        }
    }

    /**
     * Sites without joins; 2 min, 20 reports a second from each address and 500 from all: an office behind one address has
     * many browsers, each of which sends a report in 10 s at most.
     *
     * @param sites the only origins that are listened to
     * @return the settings
     */
    public static BrowserSettings of(List<Site> sites) {
        return new BrowserSettings(sites, List.of(), Duration.ofMinutes(2), 20, 500);
    }

    /**
     * With joins.
     *
     * @param some which calls of backends belong to which paths
     * @param window how long a backend's failure waits for the browser's word; 1 s to 10 min
     * @return new settings
     * @throws IllegalArgumentException if the window is out of its bounds
     */
    public BrowserSettings joining(List<Join> some, Duration window) {
        return new BrowserSettings(sites, some, window, perRemotePerSecond, perSecond);
    }

    /**
     * With other limits.
     *
     * @param perRemote reports that each address may send a second
     * @param inAll reports from all addresses together
     * @return new settings
     * @throws IllegalArgumentException if one is not above 0
     */
    public BrowserSettings limits(double perRemote, double inAll) {
        return new BrowserSettings(sites, joins, joinWindow, perRemote, inAll);
    }

    /**
     * An origin whose pages may report, and as what. Immutable.
     *
     * @param origin such as {@code https://shop.example}, with the port if it is not the usual one
     * @param service the service of its events; a page cannot choose it
     * @param environment the environment of its events
     */
    public record Site(String origin, String service, Environment environment) {
        /**
         * Checks the origin.
         *
         * @throws IllegalArgumentException if a browser would never send such an origin, or the service is blank
         */
        public Site {
            if (service.isBlank()) {
                throw new IllegalArgumentException("the site " + origin + " has no service");
            }
            String seen = asSent(origin);
            if (!origin.equals(seen)) {
                throw new IllegalArgumentException("'" + origin + "' is no origin as browsers send it"
                        + (seen == null
                                ? "; write such as https://shop.example or http://localhost:8080"
                                : "; write " + seen));
            }
        }

        private static @Nullable String asSent(String origin) {
            try {
                URI uri = new URI(origin);
                String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
                boolean usual =
                        scheme.equals("https") ? uri.getPort() == 443 : uri.getPort() == 80 || !scheme.equals("http");
                if (uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
                    return null;
                }
                return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT)
                        + (uri.getPort() < 0 || usual ? "" : ":" + uri.getPort());
            } catch (java.net.URISyntaxException e) {
                return null;
            }
        }
    }

    /**
     * Which calls of a backend belong to a path. Immutable.
     *
     * @param service the backend's service
     * @param route its route; null for all
     * @param site the service of the pages' site
     * @param path the path's name
     */
    public record Join(String service, @Nullable String route, String site, String path) {}
}
