package io.levee.guard.review;

import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.store.Ledger;
import io.levee.guard.web.WebException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tickets, in the ledger: batches, each of one month. The newest ticket of an id counts, so a file can come again. */
final class TicketBook {
    static final String KIND = "review.tickets";

    private static final int AT_ONCE = 500;

    private final Ledger ledger;
    private final ReviewSettings settings;

    TicketBook(Ledger ledger, ReviewSettings settings) {
        this.ledger = ledger;
        this.settings = settings;
    }

    /** Keeps what is new; answers what became of them. */
    Map<String, @Nullable Object> add(byte[] body, String actor, Instant now, Catalog catalog) {
        List<Ticket> read = TicketReader.read(body, settings.zone());
        Map<YearMonth, Map<String, Ticket>> months = new TreeMap<>();
        for (Ticket ticket : read) {
            if (ticket.time().isAfter(now)) {
                throw new WebException(
                        400, "ticket '" + ticket.id() + "' is of " + ticket.time() + ", which is still to come");
            }
            months.computeIfAbsent(YearMonth.from(ticket.time().atZone(settings.zone())), key -> new LinkedHashMap<>())
                    .put(ticket.id(), ticket);
        }
        Map<YearMonth, List<Ticket>> fresh = new TreeMap<>();
        months.forEach((month, tickets) -> {
            Map<String, Ticket> known = of(month);
            List<Ticket> news = tickets.values().stream()
                    .filter(ticket -> !ticket.equals(known.get(ticket.id())))
                    .toList();
            Set<String> ids = new LinkedHashSet<>(known.keySet());
            ids.addAll(tickets.keySet());
            if (ids.size() > settings.mostTickets()) {
                throw new WebException(
                        400,
                        month + " would have " + ids.size() + " tickets; at most " + settings.mostTickets()
                                + " are kept, so leave out what is no complaint");
            }
            fresh.put(month, news);
        });
        int added = 0;
        for (Map.Entry<YearMonth, List<Ticket>> each : fresh.entrySet()) {
            List<Ticket> news = each.getValue();
            for (int from = 0; from < news.size(); from += AT_ONCE) {
                List<Ticket> some = news.subList(from, Math.min(news.size(), from + AT_ONCE));
                Map<String, @Nullable Object> data = new LinkedHashMap<>();
                data.put("month", each.getKey().toString());
                data.put("tickets", some.stream().map(Ticket::toMap).toList());
                ledger.append(KIND, null, actor, data);
                added += some.size();
            }
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("read", read.size());
        answer.put("added", added);
        answer.put("months", fresh.keySet().stream().map(YearMonth::toString).toList());
        answer.put("unknownServices", unknown(read, catalog));
        return answer;
    }

    private static List<String> unknown(List<Ticket> tickets, Catalog catalog) {
        Set<String> services = new LinkedHashSet<>();
        for (Ticket ticket : tickets) {
            String service = ticket.service();
            if (service != null) {
                services.add(service);
            }
        }
        for (Slo slo : catalog.slos()) {
            services.remove(slo.service());
        }
        return List.copyOf(services);
    }

    /** By id, as the ledger has them. */
    private Map<String, Ticket> of(YearMonth month) {
        List<Ledger.Entry> entries = new ArrayList<>(ledger.read(Ledger.Query.of(KIND)));
        entries.sort(Comparator.comparing(Ledger.Entry::seq));
        Map<String, Ticket> tickets = new LinkedHashMap<>();
        for (Ledger.Entry entry : entries) {
            if (month.toString().equals(entry.data().get("month"))
                    && entry.data().get("tickets") instanceof List<?> all) {
                for (Object each : all) {
                    if (each instanceof Map<?, ?> map) {
                        put(tickets, map);
                    }
                }
            }
        }
        return tickets;
    }

    private static void put(Map<String, Ticket> tickets, Map<?, ?> map) {
        try {
            Ticket ticket = Ticket.of(map);
            tickets.put(ticket.id(), ticket);
        } catch (DateTimeException e) {
            // Somebody else wrote to the ledger: one ticket less is no reason to show none.
        }
    }

    /** All of a month, in the order of time. */
    List<Ticket> within(YearMonth month) {
        return of(month).values().stream()
                .sorted(Comparator.comparing(Ticket::time).thenComparing(Ticket::id))
                .toList();
    }
}
