package io.levee.guard.review;

import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Store;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Request;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import io.levee.guard.web.WebException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The monthly review: were the targets right? Trends, what the budget went for, what customers wrote, and votes of five roles
 * on new targets. See docs/review.md. Thread-safe.
 *
 * <p>All that people put in is in the ledger, and folded from there with each request. A result is a difference of the OpenSLO
 * file for people to apply; the file itself is never written to.
 */
public final class Review {
    private static final Duration BETWEEN_TICKS = Duration.ofSeconds(30);

    private final Supplier<Catalog> catalog;
    private final Store store;
    private final InstantSource time;
    private final ReviewSettings settings;
    private final TicketBook tickets;
    private final Ballots ballots;
    private final Topics topics = new Topics();
    private Instant ticked = Instant.MIN;

    /**
     * The review of a guard.
     *
     * @param catalog the documents as they are now
     * @param store the counts and the ledger
     * @param time wall time
     * @param settings see there
     */
    public Review(Supplier<Catalog> catalog, Store store, InstantSource time, ReviewSettings settings) {
        this.catalog = catalog;
        this.store = store;
        this.time = time;
        this.settings = settings;
        this.tickets = new TicketBook(store.ledger(), settings);
        this.ballots = new Ballots(catalog, store.ledger(), settings);
    }

    /**
     * Adds the routes.
     *
     * @param routes of the server
     */
    public void addTo(Routes routes) {
        routes.add("GET", "/api/v1/review/{month}", Role.VIEWER, request -> Answer.json(month(request.part("month"))));
        routes.add("GET", "/api/v1/review/{month}/minutes", Role.VIEWER, this::minutes);
        routes.add("POST", "/api/v1/review/{month}/proposals", Role.RELEASE, this::propose);
        routes.add(
                "POST",
                "/api/v1/review/proposals/{id}/votes",
                Role.RELEASE,
                request -> Answer.json(
                        201, ballots.vote(request.part("id"), request.json(), request.actor(), time.instant())));
        routes.add(
                "POST",
                "/api/v1/review/tickets",
                Role.RELEASE,
                request -> Answer.json(importTickets(request.body(), request.actor())));
    }

    /**
     * Writes down the results of votes whose period has ended. For the guard that leads; call it as often as you like.
     *
     * @param now the present
     */
    public synchronized void tick(Instant now) {
        if (now.isBefore(ticked.equals(Instant.MIN) ? now : ticked.plus(BETWEEN_TICKS))) {
            return;
        }
        ticked = now;
        ballots.settle(now);
    }

    /**
     * A month as plain values: what {@code GET /api/v1/review/{month}} answers.
     *
     * @param month such as 2026-11
     * @return a new map
     * @throws WebException if it is no month, or has not begun
     */
    public Map<String, @Nullable Object> month(String month) {
        Instant now = time.instant();
        Month looked = Month.of(month, now, settings.zone());
        List<Ticket> written = tickets.within(looked.month());
        List<Ballots.Standing> votes = ballots.all();
        List<Map<String, @Nullable Object>> slos = new ArrayList<>();
        for (Watched watched : Watched.of(catalog.get())) {
            Map<String, @Nullable Object> slo =
                    new ObjectiveReview(watched, looked, store, settings).toMap(written, topics, now);
            slo.put("proposals", ballots.of(looked.month(), watched.name(), now, votes));
            slos.add(slo);
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("month", looked.month().toString());
        map.put("from", looked.range().from().toString());
        map.put("to", looked.range().to().toString());
        map.put("zone", settings.zone().getId());
        map.put("slos", slos);
        map.put("features", Features.of(looked, store.ledger()));
        return map;
    }

    /**
     * A month in Markdown: the minutes of the review.
     *
     * @param month such as 2026-11
     * @return a page
     * @throws WebException if it is no month, or has not begun
     */
    public String minutes(String month) {
        return Minutes.of(month(month));
    }

    /**
     * Keeps tickets: CSV or JSON in UTF-8. One of an id that is known replaces it, so a file can be given again.
     *
     * @param body the file
     * @param actor who gives it
     * @return how many were read, how many of them were new, of which months, and which services no objective has
     * @throws WebException if anything in it is wrong; then none is kept
     */
    public synchronized Map<String, @Nullable Object> importTickets(byte[] body, String actor) {
        return tickets.add(body, actor, time.instant(), catalog.get());
    }

    private Answer minutes(Request request) {
        String month = request.part("month");
        return Answer.of(200, "text/markdown; charset=utf-8", minutes(month).getBytes(StandardCharsets.UTF_8))
                .with("Content-Disposition", "inline; filename=\"review-" + YearMonth.parse(month) + ".md\"");
    }

    private Answer propose(Request request) {
        Instant now = time.instant();
        YearMonth month = Month.of(request.part("month"), now, settings.zone()).month();
        return Answer.json(201, ballots.propose(month, request.json(), request.actor(), now));
    }
}
