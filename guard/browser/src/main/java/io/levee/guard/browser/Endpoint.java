package io.levee.guard.browser;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreException;
import io.levee.guard.web.Answer;
import io.levee.guard.web.RateLimit;
import io.levee.guard.web.Request;
import io.levee.guard.web.WebException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where pages report to. Open to everybody who claims to be a page of a site, which any program can; so everything is
 * bounded, what is refused is counted and never kept. Thread-safe.
 */
final class Endpoint {
    private static final int ADDRESSES = 10_000;

    private final Map<String, BrowserSettings.Site> sites = new HashMap<>();
    private final Store store;
    private final InstantSource time;
    private final Joiner joiner;
    private final Views views;
    private final Tallies tallies;
    private final RateLimit perRemote;
    private final RateLimit inAll;

    Endpoint(BrowserSettings settings, Store store, InstantSource time, Joiner joiner, Views views, Tallies tallies) {
        settings.sites().forEach(site -> sites.put(site.origin(), site));
        this.store = store;
        this.time = time;
        this.joiner = joiner;
        this.views = views;
        this.tallies = tallies;
        perRemote = new RateLimit(settings.perRemotePerSecond(), settings.perRemotePerSecond() * 5, ADDRESSES);
        inAll = new RateLimit(settings.perSecond(), settings.perSecond() * 2, 1);
    }

    /** The question that a browser asks before it sends JSON to another origin. */
    Answer mayReport(Request request) {
        BrowserSettings.Site site = site(request);
        return site == null
                ? refused(403, "origin", "this origin may not report", null)
                : allowed(Answer.of(204, "", new byte[0]), site)
                        .with("Access-Control-Allow-Methods", "POST")
                        .with("Access-Control-Allow-Headers", "Content-Type")
                        .with("Access-Control-Max-Age", "7200");
    }

    Answer report(Request request) {
        BrowserSettings.Site site = site(request);
        if (site == null) {
            return refused(403, "origin", "this origin may not report; the guard's settings list those that may", null);
        }
        Instant now = time.instant();
        // First its own share: a remote that is over it takes nothing of everybody's.
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        if (!perRemote.admits(network(request.remote()), nanos) || !inAll.admits("all", nanos)) {
            return refused(429, "limited", "too many reports", site).with("Retry-After", "10");
        }
        if (request.body().length > Report.MOST_BYTES) {
            return refused(413, "large", "the report is larger than " + Report.MOST_BYTES + " bytes", site);
        }
        if (!isReadable(request.header("Content-Type"))) {
            return refused(415, "type", "send text/plain or application/json", site);
        }
        Report report;
        try {
            report = Report.of(request.json());
        } catch (WebException e) {
            return refused(e.status(), "junk", "the report is no JSON object", site);
        } catch (IllegalArgumentException e) {
            return refused(400, "junk", String.valueOf(e.getMessage()), site);
        }
        try {
            count(report, site, now);
        } catch (StoreException e) {
            return refused(503, "failed", "the report could not be written; send it again", site);
        }
        tallies.report("counted");
        return allowed(Answer.of(204, "", new byte[0]), site);
    }

    private void count(Report report, BrowserSettings.Site site, Instant now) {
        List<Event> events = new ArrayList<>();
        for (Report.Path path : report.paths()) {
            joiner.told(path.trace(), now);
            events.add(event(
                    report,
                    site,
                    now,
                    new Named(Joiner.id(path.trace()), Joiner.SLI, path.name(), path.trace(), path.ms()),
                    path.ok()));
        }
        if (report.bad() || report.end()) {
            Named view = new Named("view/" + report.view(), "view", report.page(), report.trace(), null);
            events.add(event(report, site, now, view, !report.bad()));
        }
        if (!events.isEmpty()) {
            store.append(events);
        }
        views.seen(report.view(), report.seq(), report.end(), now);
        tallies.failures(site.service(), report);
    }

    /** What tells a view's event from a path's. */
    private record Named(
            String id,
            String sli,
            String route,
            @Nullable String trace,
            @Nullable Long ms) {}

    private static Event event(Report report, BrowserSettings.Site site, Instant now, Named named, boolean good) {
        return new Event(
                named.id(),
                now,
                site.service(),
                named.sli(),
                named.route(),
                good ? Event.Outcome.GOOD : Event.Outcome.BAD,
                report.release(),
                site.environment(),
                null,
                named.trace(),
                null,
                1,
                false,
                named.ms());
    }

    private BrowserSettings.@Nullable Site site(Request request) {
        String origin = request.header("Origin");
        return origin == null ? null : sites.get(origin);
    }

    /** text/plain is what a beacon may send to another origin without asking first. */
    private static boolean isReadable(@Nullable String type) {
        String media = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return media.equals("text/plain") || media.equals("application/json");
    }

    /** Who has IPv6 has 2^64 addresses, and is one remote for all that. */
    static String network(String remote) {
        if (remote.indexOf(':') < 0) {
            return remote;
        }
        try {
            byte[] address = InetAddress.getByName(remote).getAddress();
            return address.length == 16 ? HexFormat.of().formatHex(address, 0, 8) : remote;
        } catch (UnknownHostException e) {
            return remote;
        }
    }

    private Answer refused(int status, String why, String message, BrowserSettings.@Nullable Site site) {
        tallies.report(why);
        Answer answer = Answer.json(status, Map.of("error", message));
        return site == null ? answer : allowed(answer, site);
    }

    private static Answer allowed(Answer answer, BrowserSettings.Site site) {
        return answer.with("Access-Control-Allow-Origin", site.origin()).with("Vary", "Origin");
    }
}
