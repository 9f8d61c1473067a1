package io.levee.lab.demo;

/** What is wrong with inventory in a phase. */
enum Fault {
    /** Before the clock starts: answers at once, so that classes are loaded and code is compiled. */
    WARM_UP("warm-up", 0, 0, false),
    NONE("healthy", 0, 1, false),
    /** Does the whole work of a request and then fails nearly half of them, independently of each other. */
    ERRORS("47 % errors", 0.47, 1, false),
    /** Answers 503 at the door, like a load balancer without a healthy backend. */
    DOWN("down", 0, 1, true),
    /** Every request takes ten times as long, so inventory can do a tenth of its work. */
    SLOW("slow", 0, 10, false);

    private final String label;
    private final double errorRate;
    private final double slowness;
    private final boolean down;

    Fault(String label, double errorRate, double slowness, boolean down) {
        this.label = label;
        this.errorRate = errorRate;
        this.slowness = slowness;
        this.down = down;
    }

    String label() {
        return label;
    }

    /** The share of the requests that fail after they were worked on. */
    double errorRate() {
        return errorRate;
    }

    /** The factor on the service time. */
    double slowness() {
        return slowness;
    }

    boolean isDown() {
        return down;
    }
}
