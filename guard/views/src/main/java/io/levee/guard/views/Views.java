package io.levee.guard.views;

import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Store;
import io.levee.guard.store.history.Incident;
import io.levee.guard.store.history.Incidents;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Request;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import io.levee.guard.web.WebException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What pages and other tools read: objectives and their budgets, curves, incidents, a heatmap, the ledger, a stream of what
 * changes, metrics. See docs/guard-api.md. Thread-safe.
 *
 * <p>All figures are exact, from counts, by the rules of {@code io.levee.guard.slo}; rounding is that of
 * {@link io.levee.guard.slo.Figures}. Where there is no number there is null, never NaN.
 */
public final class Views {
    private static final int POINTS = 336;
    private static final int MOST_POINTS = 5_000;

    private final Supplier<Catalog> catalog;
    private final Store store;
    private final InstantSource time;
    private final Board board;
    private final ViewSettings settings;
    private final Releases releases;
    private final IncidentPage incidentPage;
    private final Stream stream;
    private final IncidentRecord record;

    /**
     * The views of a guard.
     *
     * @param catalog the documents as they are now
     * @param store the counts and the ledger
     * @param time wall time
     * @param settings see there
     */
    public Views(Supplier<Catalog> catalog, Store store, InstantSource time, ViewSettings settings) {
        this.catalog = catalog;
        this.store = store;
        this.time = time;
        this.board = new Board(catalog, store, time, settings);
        this.settings = settings;
        this.releases = new Releases(store, time);
        this.incidentPage = new IncidentPage(store, releases, settings);
        this.stream = new Stream(board, store.ledger());
        this.record = new IncidentRecord(store);
    }

    /**
     * Adds the routes.
     *
     * @param routes of the server
     */
    public void addTo(Routes routes) {
        routes.add("GET", "/api/v1/slos", Role.VIEWER, request -> board.now().body());
        routes.add("GET", "/api/v1/slos/{name}", Role.VIEWER, this::slo);
        routes.add("GET", "/api/v1/slos/{name}/curve", Role.VIEWER, this::curve);
        routes.add("GET", "/api/v1/slos/{name}/incidents/{id}", Role.VIEWER, this::incident);
        routes.add("GET", "/api/v1/heatmap", Role.VIEWER, this::heatmap);
        routes.add("GET", "/api/v1/ledger", Role.VIEWER, request -> LedgerPage.read(request, store.ledger()));
        routes.add("POST", "/api/v1/releases", Role.RELEASE, releases::mark);
        routes.stream("/api/v1/stream", Role.VIEWER, (request, sink) -> stream.open(sink));
        Role ofMetrics = settings.publicMetrics() ? null : Role.VIEWER;
        routes.add("GET", "/metrics", ofMetrics, request -> metrics(Metrics.levee(board.now())));
        routes.add("GET", "/metrics/sloth", ofMetrics, request -> metrics(Metrics.sloth(board.now())));
    }

    /** Reckons once, as the guard starts: with many objectives the first answer would take seconds otherwise. */
    public void begin() {
        board.begin();
    }

    /**
     * Reckons anew where somebody watches, so that who asks need not wait, tells who listens what changed, and puts incidents
     * that begin and end on the record if this guard leads. Call it about once a second, from one thread.
     *
     * @param now the present; the time that was given at the beginning is what counts
     */
    public void tick(Instant now) {
        boolean leads = store.leads();
        if (leads || stream.isWatched() || board.isWatched()) {
            Board.Snapshot snapshot = board.renew();
            stream.tell(snapshot);
            if (leads) {
                record.update(snapshot);
            }
        }
    }

    private static Answer metrics(String text) {
        return Answer.of(200, Metrics.TYPE, text.getBytes(StandardCharsets.UTF_8));
    }

    private Answer incident(Request request) {
        Watched watched = watched(request);
        String id = request.part("id");
        Incident incident = Incidents.byId(watched, id, time.instant(), store)
                .orElseThrow(() -> new WebException(
                        404,
                        "there is no incident '" + id + "' of SLO '" + watched.name()
                                + "'; the curve of its time lists those that there are"));
        return Answer.json(incidentPage.of(watched, incident));
    }

    private Answer heatmap(Request request) {
        Instant now = time.instant();
        TimeRange range = Times.range(request, now, Duration.ofDays(7));
        Heatmap heatmap = new Heatmap(range, Times.step(request, "1h"), now, store);
        return Answer.json(heatmap.of(board.now().entries().values()));
    }

    private Watched watched(Request request) {
        try {
            return Watched.find(catalog.get(), request.part("name"));
        } catch (IllegalArgumentException e) {
            throw new WebException(404, String.valueOf(e.getMessage()));
        }
    }

    private Answer slo(Request request) {
        Watched watched = watched(request);
        Board.Entry entry = board.now().entries().get(watched.name());
        Standing standing =
                entry == null ? Standing.of(watched, Board.endOfMinute(time.instant()), store) : entry.standing();
        Map<String, @Nullable Object> map = new LinkedHashMap<>(entry == null ? standing.toMap(null) : entry.map());
        map.put("explain", new Explanation(standing).toMap());
        map.put("targets", Marks.targets(watched.terms()));
        map.put(
                "indicator",
                watched.indicator() == null ? null : watched.indicator().tree());
        return Answer.json(map);
    }

    /** Whoever draws a small curve pays for no search for incidents. */
    private static boolean onlyPoints(Request request) {
        String parts = request.query("parts");
        if (parts != null && !parts.equals("points")) {
            throw new WebException(400, "parts is '" + parts + "'; write points, or leave it out for everything");
        }
        return parts != null;
    }

    private Answer curve(Request request) {
        Watched watched = watched(request);
        Instant now = time.instant();
        TimeRange asked =
                Times.range(request, now, watched.slo().window().at(now).length());
        TimeRange range =
                asked.to().isAfter(now) && asked.from().isBefore(now) ? new TimeRange(asked.from(), now) : asked;
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("from", range.from().toString());
        map.put("to", range.to().toString());
        Curve curve = new Curve(watched, range, Times.number(request, "points", POINTS, 2, MOST_POINTS), store);
        map.put("stepMs", curve.step().toMillis());
        map.put("points", curve.points());
        if (onlyPoints(request)) {
            return Answer.json(map);
        }
        map.put("exclusions", Marks.exclusions(watched.terms(), range));
        map.put("releases", releases.within(watched, range));
        map.put("targets", Marks.changes(watched.terms(), range));
        map.put(
                "incidents",
                Incidents.within(watched, range, now, store).stream()
                        .map(Incident::toMap)
                        .toList());
        return Answer.json(map);
    }
}
