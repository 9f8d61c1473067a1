package io.levee.guard.store;

import java.time.Duration;
import java.time.Instant;

/** How finely counts are kept. The steps of a stretch of time, a chunk, are kept together. */
enum Level {
    TENS(0, 10, 360),
    MINUTES(1, 60, 60),
    HOURS(2, 3_600, 24);

    private final int number;
    private final int stepSeconds;
    private final int steps;

    Level(int number, int stepSeconds, int steps) {
        this.number = number;
        this.stepSeconds = stepSeconds;
        this.steps = steps;
    }

    /** As the database knows it. */
    int number() {
        return number;
    }

    static Level numbered(int number) {
        return switch (number) {
            case 0 -> TENS;
            case 1 -> MINUTES;
            case 2 -> HOURS;
            default -> throw new IllegalArgumentException("no level has the number " + number);
        };
    }

    int stepSeconds() {
        return stepSeconds;
    }

    /** Of a chunk. */
    int steps() {
        return steps;
    }

    long chunkSeconds() {
        return (long) stepSeconds * steps;
    }

    /** The first second of the chunk that a second belongs to. */
    long chunkOf(long second) {
        return Math.floorDiv(second, chunkSeconds()) * chunkSeconds();
    }

    /** Which step of its chunk a second belongs to. */
    int stepOf(long second) {
        return (int) (Math.floorMod(second, chunkSeconds()) / stepSeconds);
    }

    /** The first second of the first step that begins at an instant or later. */
    long firstStepFrom(Instant instant) {
        long second = instant.getEpochSecond() + (instant.getNano() > 0 ? 1 : 0);
        return -Math.floorDiv(-second, (long) stepSeconds) * stepSeconds;
    }

    Duration keptFor(StoreSettings settings) {
        return switch (this) {
            case TENS -> settings.tensFor();
            case MINUTES -> settings.minutesFor();
            case HOURS -> settings.hoursFor();
        };
    }
}
