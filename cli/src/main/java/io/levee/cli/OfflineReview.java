package io.levee.cli;

import io.levee.guard.review.Review;
import io.levee.guard.review.ReviewSettings;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.EventReader;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.guard.store.Tracked;
import io.levee.guard.web.WebException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A review of files: the guard's own, on a store that is thrown away afterwards. */
final class OfflineReview implements AutoCloseable {
    private static final int AT_ONCE = 5_000;

    private final Path folder;
    private final Store store;
    private final Review review;
    private final String month;

    private OfflineReview(Path folder, Store store, Review review, String month) {
        this.folder = folder;
        this.store = store;
        this.review = review;
        this.month = month;
    }

    static OfflineReview open(List<Path> slos, String month, @Nullable Instant at, ReviewSettings settings) {
        Instant now = at != null ? at : ReviewPrepareCommand.earlier(Instant.now(), end(month, settings));
        List<Path> files = new ArrayList<>();
        slos.forEach(path -> files.addAll(files(path)));
        Catalog catalog = SloFiles.read(files);
        List<Tracked> tracked = new ArrayList<>();
        for (Slo slo : catalog.slos()) {
            if (!slo.isComposite()) {
                tracked.add(
                        Given.option("--slo", slo, each -> new Tracked(each.name(), each.matcher(catalog.sli(each)))));
            }
        }
        try {
            Path folder = Files.createTempDirectory("levee-review");
            // Minutes are kept for long enough before the end of the month, whenever that was.
            Store store = Stores.open(StoreSettings.folder(folder).clock(() -> now));
            store.track(tracked);
            return new OfflineReview(folder, store, new Review(() -> catalog, store, () -> now, settings), month);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Instant end(String month, ReviewSettings settings) {
        try {
            return YearMonth.parse(month)
                    .plusMonths(1)
                    .atDay(1)
                    .atStartOfDay(settings.zone())
                    .toInstant();
        } catch (DateTimeException e) {
            throw new UserError("--month: '" + month + "' is no month; write such as 2026-11");
        }
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> found = files.filter(file -> file.toString().matches(".*\\.(ya?ml|json)"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new UserError("--slo: " + path + " has no file that ends in .yaml, .yml or .json");
            }
            return found;
        } catch (IOException e) {
            throw Inputs.unreadable(path.toString(), e);
        }
    }

    /** Counts the events of a file, and says which did not count. */
    void add(Path file, PrintWriter err) {
        List<Event> some = new ArrayList<>();
        Store.Appended[] sum = {Store.Appended.NONE};
        GateInput.lines(file, line -> {
            some.add(EventReader.read(line));
            if (some.size() == AT_ONCE) {
                sum[0] = sum[0].plus(store.append(some));
                some.clear();
            }
        });
        Store.Appended all = some.isEmpty() ? sum[0] : sum[0].plus(store.append(some));
        say(err, file, all.unmatched(), "belong to none of the objectives");
        say(err, file, all.duplicates(), "were there already");
        say(err, file, all.expired(), "are too old");
        say(err, file, all.future(), "are of after the month, or of after --at");
    }

    private static void say(PrintWriter err, Path file, long count, String what) {
        if (count > 0) {
            err.println(file + ": " + count + " events " + what + ", and are not counted");
        }
    }

    void tickets(byte[] body, PrintWriter err) {
        Map<String, @Nullable Object> kept = told(() -> review.importTickets(body, "cli"));
        ReviewImportTicketsCommand.warn(Json.mapper().valueToTree(kept), err);
    }

    Map<String, @Nullable Object> month() {
        return told(() -> review.month(month));
    }

    String minutes() {
        return told(() -> review.minutes(month));
    }

    private static <T> T told(Supplier<T> task) {
        try {
            return task.get();
        } catch (WebException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        store.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
