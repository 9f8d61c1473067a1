package io.levee.guard.store;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Where and for how long the guard keeps things. Immutable; begin with {@link #folder} or {@link #postgres}.
 *
 * @param folder where SQLite's file lies; null for PostgreSQL
 * @param url PostgreSQL's JDBC URL; null for SQLite
 * @param user who logs in; null if the URL says so
 * @param password null if the URL says so
 * @param clock what events are held against to see whether they are too old or from the future, and when ids are forgotten
 * @param tensFor how long counts of 10 seconds are kept
 * @param minutesFor how long counts of a minute and traces are kept: two windows, so that the curve of the last one is exact
 * @param hoursFor how long counts of an hour are kept; older events are not counted
 * @param idsFor how long ids of events and batches are remembered
 * @param mostIds how many ids of events are remembered at most; each takes up to 24 bytes of memory and 8 on disk
 */
public record StoreSettings(
        @Nullable Path folder,
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        InstantSource clock,
        Duration tensFor,
        Duration minutesFor,
        Duration hoursFor,
        Duration idsFor,
        int mostIds) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if neither or both places are given, or a shorter step is kept for longer
     */
    public StoreSettings {
        if ((folder == null) == (url == null)) {
            throw new IllegalArgumentException("a store needs a folder (SQLite) or a URL (PostgreSQL), and not both");
        }
        if (url != null && !url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("the URL of a store must begin with jdbc:postgresql:, such as"
                    + " jdbc:postgresql://host/database; for SQLite give a folder");
        }
        if (tensFor.isNegative() || tensFor.compareTo(minutesFor) > 0 || minutesFor.compareTo(hoursFor) > 0) {
            throw new IllegalArgumentException("shorter steps must not be kept for longer: 10 seconds for " + tensFor
                    + ", minutes for " + minutesFor + ", hours for " + hoursFor);
        }
        if (idsFor.isNegative() || mostIds < 0) {
            throw new IllegalArgumentException(
                    "ids must not be remembered for less than nothing: for " + idsFor + ", at most " + mostIds);
        }
    }

    /**
     * SQLite in a folder, with the defaults: 10 seconds for 6 hours, minutes for 63 days (two windows of 4 weeks and a week),
     * hours for 400 days (13 months), 4 million ids for 10 minutes.
     *
     * @param folder created if it is missing; one guard at a time
     * @return the settings
     */
    public static StoreSettings folder(Path folder) {
        return withDefaults(folder, null, null, null);
    }

    /**
     * PostgreSQL, with the same defaults. Any number of guards may share a database; its tables are in the connection's
     * schema.
     *
     * @param url such as {@code jdbc:postgresql://host/database}
     * @param user who logs in; null if the URL says so
     * @param password null if the URL says so
     * @return the settings
     */
    public static StoreSettings postgres(String url, @Nullable String user, @Nullable String password) {
        return withDefaults(null, url, user, password);
    }

    private static StoreSettings withDefaults(
            @Nullable Path folder, @Nullable String url, @Nullable String user, @Nullable String password) {
        return new StoreSettings(
                folder,
                url,
                user,
                password,
                InstantSource.system(),
                Duration.ofHours(6),
                Duration.ofDays(63),
                Duration.ofDays(400),
                Duration.ofMinutes(10),
                4_000_000);
    }

    /**
     * With another clock.
     *
     * @param source of the present
     * @return new settings
     */
    public StoreSettings clock(InstantSource source) {
        return new StoreSettings(folder, url, user, password, source, tensFor, minutesFor, hoursFor, idsFor, mostIds);
    }

    /**
     * Kept for other times.
     *
     * @param tens how long counts of 10 seconds
     * @param minutes how long counts of a minute, and traces
     * @param hours how long counts of an hour
     * @return new settings
     * @throws IllegalArgumentException if a shorter step is kept for longer
     */
    public StoreSettings keep(Duration tens, Duration minutes, Duration hours) {
        return new StoreSettings(folder, url, user, password, clock, tens, minutes, hours, idsFor, mostIds);
    }

    /**
     * With another bound on the ids that are remembered.
     *
     * @param within for how long
     * @param most how many of events
     * @return new settings
     * @throws IllegalArgumentException if one is negative
     */
    public StoreSettings remember(Duration within, int most) {
        return new StoreSettings(folder, url, user, password, clock, tensFor, minutesFor, hoursFor, within, most);
    }

    /** Without the password, and without what a URL may hold of one. */
    @Override
    public String toString() {
        return folder != null
                ? "the folder " + folder
                : "PostgreSQL at " + String.valueOf(url).replaceAll("\\?.*", "");
    }
}
