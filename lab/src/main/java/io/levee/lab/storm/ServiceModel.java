package io.levee.lab.storm;

/**
 * A service: workers, and a queue before them. A request for which there is no room is answered with 429 at once. A worker
 * is taken for the service's own work only, not while the service waits for the next one.
 *
 * @param name its name
 * @param workers how many requests are worked on at once
 * @param queue how many wait for a worker
 * @param time how long the own work for one takes
 */
public record ServiceModel(String name, int workers, int queue, ServiceTime time) {
    private static final int MOST = 1_000_000;

    /**
     * A service.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public ServiceModel {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a service needs a name; this one is blank");
        }
        if (workers < 1 || workers > MOST) {
            throw new IllegalArgumentException("workers must be from 1 to " + MOST + ", is " + workers);
        }
        if (queue < 0 || queue > MOST) {
            throw new IllegalArgumentException("queue must be from 0 to " + MOST + ", is " + queue);
        }
    }

    /** Requests a second that it can do. */
    double capacity() {
        return workers * 1e9 / time.mean().toNanos();
    }
}
