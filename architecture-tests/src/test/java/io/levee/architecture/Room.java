package io.levee.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * The rooms of the layout (docs/architecture.md): one row for each folder that holds published code, with the Java
 * module in it and how far it lies from core. A room may use only rooms that are nearer to core than itself.
 */
enum Room {
    CORE("core", "io.levee", 0),
    TESTKIT("testkit", "io.levee.test", 1),
    TRAFFIC("traffic", "io.levee.traffic", 1),
    HTTP_SHARED("clients/http-shared", "io.levee.http.shared", 1),
    JDK_HTTP("clients/jdk-http", "io.levee.http", 2),
    OKHTTP("clients/okhttp", "io.levee.okhttp", 2),
    APACHE("clients/apache5", "io.levee.apache", 2),
    JDBC("clients/jdbc", "io.levee.jdbc", 2),
    GRPC("clients/grpc", "io.levee.grpc", 2),
    CONSOLE("telemetry/console", "io.levee.console", 1),
    METRICS("telemetry/metrics", "io.levee.metrics", 1),
    PROMETHEUS("telemetry/prometheus", "io.levee.prometheus", 2),
    MICROMETER("telemetry/micrometer", "io.levee.micrometer", 2),
    YAML("yaml", "io.levee.yaml", 0),
    SERVER("server", "io.levee.server", 2),
    FLEET("fleet", "io.levee.fleet", 1),
    IDEMPOTENCY("idempotency", "io.levee.idempotency", 2),
    SLO("guard/slo", "io.levee.guard.slo", 1),
    GUARD_STORE("guard/store", "io.levee.guard.store", 2),
    GUARD_WEB("guard/web", "io.levee.guard.web", 2),
    GUARD_INGEST("guard/ingest", "io.levee.guard.ingest", 3),
    GUARD_VIEWS("guard/views", "io.levee.guard.views", 3),
    GUARD_CONSOLE("guard/console", "io.levee.guard.console", 3),
    GUARD_BROWSER("guard/browser", "io.levee.guard.browser", 3),
    GUARD_SIGNALS("guard/signals", "io.levee.guard.signals", 2),
    GUARD_EXPORTER("guard/exporter", "io.levee.guard.exporter", 2),
    GUARD_ACTIONS("guard/actions", "io.levee.guard.actions", 3),
    GUARD_REVIEW("guard/review", "io.levee.guard.review", 3),
    GUARD_SERVER("guard/server", "io.levee.guard.server", 4),
    CONFIG("config", "io.levee.config", 1),
    LINT("lint", "io.levee.lint", 2),
    REDACTION("telemetry/redaction", "io.levee.redaction", 0),
    SLF4J("telemetry/slf4j", "io.levee.slf4j", 1),
    OPENTELEMETRY("telemetry/opentelemetry", "io.levee.opentelemetry", 1),
    SPRING("spring-boot-starter", "io.levee.spring", 3),
    LAB("lab", "io.levee.lab", 3),
    STORY("story", "io.levee.story", 5),
    CLI("cli", "io.levee.cli", 6);

    private final String folder;
    private final String moduleName;
    private final int distance;

    Room(String folder, String moduleName, int distance) {
        this.folder = folder;
        this.moduleName = moduleName;
        this.distance = distance;
    }

    /** The folder below the root of the repository, as the root POM names it. */
    String folder() {
        return folder;
    }

    /** The name of the Java module, which is also its root package. */
    String moduleName() {
        return moduleName;
    }

    /** Whether this is an adapter: a room that only translates a client's outcome into ours and back. */
    boolean isClient() {
        return folder.startsWith("clients/");
    }

    boolean mayUse(Room other) {
        return other == this || other.distance < distance;
    }

    /** The room whose root package is the longest prefix of the class's package; empty for classes of others. */
    static Optional<Room> of(JavaClass type) {
        String dotted = type.getPackageName() + ".";
        return Arrays.stream(values())
                .filter(room -> dotted.startsWith(room.moduleName + "."))
                .max(Comparator.comparingInt(room -> room.moduleName.length()));
    }

    /** Classes of this room. */
    DescribedPredicate<JavaClass> classes() {
        return DescribedPredicate.describe(
                "classes of " + folder, type -> of(type).filter(this::equals).isPresent());
    }

    /** Classes of every adapter. */
    static DescribedPredicate<JavaClass> clientClasses() {
        return DescribedPredicate.describe(
                "classes of an adapter", type -> of(type).filter(Room::isClient).isPresent());
    }
}
