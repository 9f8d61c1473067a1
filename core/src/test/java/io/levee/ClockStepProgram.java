package io.levee;

import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What {@link ClockStepTest} starts under libfaketime: makes calls that wait, all at the same time, and steps the wall
 * clock while they do. Measures each wait on both clocks and judges nothing.
 *
 * <p>Arguments: the file that libfaketime reads its offset from; {@code monotonic}, or {@code wall} for the planted
 * fault; the steps in seconds, in the order in which they are made.
 *
 * <p>Prints a line for each wait: the step, the wait's name, the nanoseconds that it had to last and that it lasted (-1
 * if it had not ended some seconds later, -2 if the call ended with SERVER_DELAY), and by how many milliseconds the wall
 * clock went further than the monotonic one meanwhile. At the end {@code monotonic} and the nanoseconds of the whole.
 */
final class ClockStepProgram {
    /** How long what has no length of its own waits. */
    private static final long WAIT_NANOS = 500 * Nanos.PER_MILLI;

    private static final Duration WAIT = Duration.ofNanos(WAIT_NANOS);
    /** How much longer a wait is watched before it counts as one that does not end. */
    private static final long PATIENCE_NANOS = 4 * Nanos.PER_SECOND;

    static final long NEVER_ENDED = -1;
    static final long REFUSED = -2;
    /** The longest wait that a Retry-After may ask for here: what bounds a jump before it is read. */
    static final Duration MAX_SERVER_DELAY = Duration.ofSeconds(3);

    static final Duration OWN_DELAY = Duration.ofMillis(100);

    /** A round in which everything came out within this is good enough; another is made of what was disturbed. */
    private static final long GOOD_NANOS = 30 * Nanos.PER_MILLI;

    private static final int MAX_ROUNDS = 6;

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final Path offsetFile;
    private final TimeSource time;
    /** What libfaketime adds to the wall clock now. */
    private double offsetSeconds;

    private ClockStepProgram(Path offsetFile, TimeSource time) {
        this.offsetFile = offsetFile;
        this.time = time;
    }

    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        TimeSource time = args[1].equals("wall") ? new WallTime() : TimeSource.system();
        ClockStepProgram program = new ClockStepProgram(Path.of(args[0]), time);
        for (int i = 2; i < args.length; i++) {
            program.play(Double.parseDouble(args[i]));
        }
        System.out.println("monotonic " + (System.nanoTime() - start));
        // Not return: a planted fault leaves threads that wait for an hour.
        System.exit(0);
    }

    /** Rounds of one step, until the machine has left each wait undisturbed once. */
    private void play(double stepSeconds) throws Exception {
        List<Wait> disturbed = waits();
        for (int round = 0; round < MAX_ROUNDS && !disturbed.isEmpty(); round++) {
            List<Wait> played = disturbed;
            playRound(stepSeconds, played);
            disturbed = new ArrayList<>();
            for (Wait wait : played) {
                System.out.println(stepSeconds + " " + wait.name + " " + wait.mustLastNanos + " " + wait.lastedNanos()
                        + " " + wait.wallAheadMillis());
                boolean stepped = Math.abs(wait.wallAheadMillis() - stepSeconds * 1000) < 50;
                boolean late = wait.mustLastNanos > 0 && wait.lastedNanos() > wait.mustLastNanos + GOOD_NANOS;
                if (!stepped || late) {
                    disturbed.add(wait.again());
                }
            }
            if (time instanceof WallTime) {
                return; // nothing of it is right, and once is enough
            }
        }
    }

    private void playRound(double stepSeconds, List<Wait> waits) throws Exception {
        waits.forEach(Thread::start);
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        for (Wait wait : waits) {
            while (!wait.isBlocked()) {
                if (System.nanoTime() > giveUp) {
                    throw new IllegalStateException(wait.name + " does not wait, is " + wait.getState());
                }
                Thread.onSpinWait();
            }
        }
        stepWallClock(stepSeconds);
        waits.forEach(wait -> wait.stepped.countDown());
        for (Wait wait : waits) {
            long end = wait.beganNanos + wait.mustLastNanos + PATIENCE_NANOS;
            wait.join(Math.max(1, (end - System.nanoTime()) / Nanos.PER_MILLI));
            wait.giveUp();
        }
    }

    private void stepWallClock(double seconds) throws Exception {
        offsetSeconds += seconds;
        Path next = offsetFile.resolveSibling("next");
        Files.writeString(next, String.format(Locale.ROOT, "%+.1f%n", offsetSeconds));
        // At once, so that nobody reads half of it.
        Files.move(next, offsetFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private List<Wait> waits() {
        List<Wait> waits = new ArrayList<>();
        for (Style style : Style.values()) {
            waits.add(wait(style, "backoff", wait -> {
                Levee levee = levee().retry(RetryPolicy.fixed(WAIT).attempts(2)).build();
                style.call(levee, Call.plain(), attempt -> {
                    if (attempt.number() == 0) {
                        wait.begin();
                        throw new ConnectException();
                    }
                    wait.end();
                });
            }));
            waits.add(wait(style, "permit", wait -> {
                Levee levee = levee().limiter(Limiter.per(WAIT, 1).burst(1)).build();
                wait.begin();
                style.call(levee, Call.plain(), attempt -> {});
                style.call(levee, Call.plain(), attempt -> wait.end());
            }));
            waits.add(wait(style, "attempt-timeout", wait -> {
                wait.begin();
                style.hang(levee().attemptTimeout(WAIT).build(), AttemptTimeoutException.class);
                wait.end();
            }));
            waits.add(wait(style, "deadline", wait -> {
                wait.begin();
                style.hang(levee().deadline(WAIT).build(), DeadlineExceededException.class);
                wait.end();
            }));
            waits.add(wait(style, "scope-deadline", wait -> {
                Levee levee = levee().build();
                wait.begin();
                try (Scope scope = Scope.open(WAIT, time)) {
                    style.hang(levee, DeadlineExceededException.class);
                }
                wait.end();
            }));
            waits.add(wait(style, "breaker-open", wait -> {
                Levee levee = levee().breaker(Breaker.consecutiveFailures(1).openFor(WAIT))
                        .build();
                wait.begin();
                failOnce(style, levee);
                pollUntil(wait, () -> style.call(levee, Call.plain(), attempt -> wait.end()));
            }));
            waits.add(wait(style, "retry-budget", wait -> {
                Levee levee = levee().retry(
                                RetryPolicy.fixed(Duration.ofMillis(1)).attempts(2))
                        .retryBudget(RetryBudget.ratio(0)
                                .reservePerSecond((double) Nanos.PER_SECOND / WAIT_NANOS)
                                .maxBalance(1))
                        .build();
                wait.begin();
                failOnce(style, levee);
                pollUntil(
                        wait,
                        () -> style.call(levee, Call.plain(), attempt -> {
                            if (attempt.number() > 0) {
                                wait.end();
                            }
                            throw new ConnectException();
                        }));
            }));
            waits.add(wait(style, "retry-after-read-before", wait -> {
                String date = HTTP_DATE.format(Instant.now().plusMillis(1_500));
                style.call(obedient(), told(wait), attempt -> {
                    if (attempt.number() == 0) {
                        wait.begin();
                        throw new ConnectException(date);
                    }
                    wait.end();
                });
            }));
            waits.add(wait(style, "retry-after-read-after", wait -> {
                String date = HTTP_DATE.format(Instant.now().plusSeconds(1));
                wait.mustLastNanos = 0; // what it may last depends on the jump; ClockStepTest knows
                readAfterTheStep(style, wait, date);
            }));
        }
        return waits;
    }

    /** The server's answer is there before the step, and is read after it. */
    private void readAfterTheStep(Style style, Wait wait, String date) throws Exception {
        try {
            style.call(obedient(), told(wait), attempt -> {
                if (attempt.number() == 0) {
                    wait.begin();
                    wait.stepped.await();
                    throw new ConnectException(date);
                }
                wait.end();
            });
        } catch (ConnectException refused) {
            Decision decision = Decision.of(refused);
            if (decision == null || decision.stop() != StopReason.SERVER_DELAY) {
                throw refused;
            }
            wait.refused();
        }
    }

    /** A deadline that is further away than any jump back, so that the bound on the server's wish decides. */
    private Levee obedient() {
        return levee().retry(RetryPolicy.fixed(OWN_DELAY).attempts(2))
                .maxServerDelay(MAX_SERVER_DELAY)
                .deadline(Duration.ofHours(2))
                .build();
    }

    /** Reads the Retry-After that the failure's message stands for, as an adapter does without a Date header: by the wall clock. */
    private static Call<Object> told(Wait wait) {
        return Call.named("told").outcome((value, failure) -> {
            if (failure == null) {
                return Outcome.value(value);
            }
            Instant until = Instant.from(HTTP_DATE.parse(String.valueOf(failure.getMessage())));
            Duration left = Duration.between(Instant.now(), until);
            Duration floor = left.isNegative()
                    ? Duration.ZERO
                    : Duration.ofSeconds(left.plusNanos(999_999_999).toSeconds());
            if (wait.mustLastNanos != 0) {
                wait.mustLastNanos = floor.toNanos();
            }
            return Outcome.failure(failure).withMinDelay(floor);
        });
    }

    private Levee.Builder levee() {
        return Levee.named("inventory").time(time);
    }

    private static void failOnce(Style style, Levee levee) throws Exception {
        try {
            style.call(levee, Call.plain(), attempt -> {
                throw new ConnectException();
            });
        } catch (ConnectException expected) {
            // opens the breaker, or uses up the retry budget
        }
    }

    /** Calls again and again until one has ended the wait. */
    private static void pollUntil(Wait wait, Action call) throws Exception {
        while (!wait.hasEnded()) {
            try {
                call.run();
            } catch (BreakerOpenException | ConnectException notYet) {
                LockSupport.parkNanos(Nanos.PER_MILLI);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    private Wait wait(Style style, String name, Steps steps) {
        return new Wait(style.name().toLowerCase(Locale.ROOT) + "-" + name, steps);
    }

    private interface Action {
        void run() throws Exception;
    }

    private interface Try {
        void run(Attempt attempt) throws Exception;
    }

    private interface Steps {
        void run(Wait wait) throws Exception;
    }

    /** Both drivers behind one face. */
    private enum Style {
        SYNC {
            @Override
            void call(Levee levee, Call<Object> call, Try body) throws Exception {
                levee.<Object, Exception>call(call, attempt -> {
                    body.run(attempt);
                    return "done";
                });
            }

            @Override
            void startHanging(Levee levee) throws Exception {
                levee.call(attempt -> {
                    new CountDownLatch(1).await();
                    return "never";
                });
            }
        },
        ASYNC {
            @Override
            void call(Levee levee, Call<Object> call, Try body) throws Exception {
                get(levee.callAsync(call, attempt -> {
                    body.run(attempt);
                    return CompletableFuture.completedFuture("done");
                }));
            }

            @Override
            void startHanging(Levee levee) throws Exception {
                get(levee.callAsync(attempt -> new CompletableFuture<>()));
            }
        };

        abstract void call(Levee levee, Call<Object> call, Try body) throws Exception;

        abstract void startHanging(Levee levee) throws Exception;

        /** A call that nobody answers, and that must end with this failure. */
        void hang(Levee levee, Class<? extends Throwable> ending) throws Exception {
            try {
                startHanging(levee);
            } catch (Exception failure) {
                if (!ending.isInstance(failure)) {
                    throw failure;
                }
            }
        }

        private static void get(CompletableFuture<?> future) throws Exception {
            try {
                future.get();
            } catch (ExecutionException failure) {
                throw failure.getCause() instanceof Exception cause ? cause : failure;
            } catch (InterruptedException givenUp) {
                future.cancel(true);
                throw givenUp;
            }
        }
    }

    /** One wait on a thread of its own, measured on both clocks. */
    private static final class Wait extends Thread {
        final String name;
        final CountDownLatch stepped = new CountDownLatch(1);
        private final Steps steps;
        volatile long mustLastNanos = WAIT_NANOS;
        volatile long beganNanos;
        private volatile boolean began;
        private volatile boolean ended;
        private long beganMillis;
        private long lastedNanos = NEVER_ENDED;
        private long wallAheadMillis;

        Wait(String name, Steps steps) {
            super(name);
            this.name = name;
            this.steps = steps;
            setDaemon(true);
        }

        Wait again() {
            return new Wait(name, steps);
        }

        @Override
        public void run() {
            try {
                steps.run(this);
            } catch (InterruptedException | CallCancelledException givenUp) {
                // printed as one that did not end
            } catch (Throwable failure) {
                // A wait that a wrong clock cuts short can end in many ways: what counts is when.
                System.err.println(name + ": " + failure);
                end();
            }
        }

        synchronized void begin() {
            beganMillis = System.currentTimeMillis();
            beganNanos = System.nanoTime();
            began = true;
        }

        synchronized void end() {
            if (!ended) {
                long now = System.nanoTime();
                lastedNanos = now - beganNanos;
                wallAheadMillis = System.currentTimeMillis() - beganMillis - lastedNanos / Nanos.PER_MILLI;
                ended = true;
            }
        }

        synchronized void refused() {
            end();
            lastedNanos = REFUSED;
        }

        boolean hasEnded() {
            return ended;
        }

        boolean isBlocked() {
            State state = getState();
            return began && (state == State.WAITING || state == State.TIMED_WAITING || state == State.TERMINATED);
        }

        synchronized long lastedNanos() {
            return lastedNanos;
        }

        synchronized long wallAheadMillis() {
            return wallAheadMillis;
        }

        synchronized void giveUp() {
            if (!ended) {
                interrupt();
                wallAheadMillis =
                        System.currentTimeMillis() - beganMillis - (System.nanoTime() - beganNanos) / Nanos.PER_MILLI;
                ended = true;
            }
        }
    }

    /** The planted fault: a time source that does what core must not do, and reads the wall clock. */
    private static final class WallTime implements TimeSource {
        @Override
        public long nanoTime() {
            return System.currentTimeMillis() * Nanos.PER_MILLI;
        }

        @Override
        public Timeout schedule(long atNanos, Runnable task) {
            Thread timer = new Thread(() -> {
                try {
                    await(atNanos, () -> false);
                    task.run();
                } catch (InterruptedException cancelled) {
                    // taken back
                }
            });
            timer.setDaemon(true);
            timer.start();
            return () -> {
                timer.interrupt();
                return true;
            };
        }

        @Override
        public boolean await(long atNanos, BooleanSupplier condition) throws InterruptedException {
            while (!condition.getAsBoolean()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (nanoTime() >= atNanos) {
                    return false;
                }
                LockSupport.parkNanos(this, Nanos.PER_MILLI);
            }
            return true;
        }

        @Override
        public void wake(Thread thread) {
            LockSupport.unpark(thread);
        }
    }
}
