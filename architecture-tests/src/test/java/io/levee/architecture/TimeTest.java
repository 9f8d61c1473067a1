package io.levee.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.temporal.TemporalAccessor;
import java.util.Calendar;
import java.util.Date;
import java.util.Set;

/** Time is monotonic (invariant 4): no decision reads the wall clock. */
@AnalyzeClasses(packages = "io.levee", importOptions = MainCode.class)
class TimeTest {
    /** The date form of Retry-After is a wall-clock date; nothing else is. */
    private static final Set<String> MAY_READ_THE_WALL_CLOCK = Set.of("io.levee.http.shared.headers.RetryAfter");

    @ArchTest
    static final ArchRule nothingReadsTheWallClock = noClasses()
            .that(Room.CORE.classes().or(Room.clientClasses()))
            .and(DescribedPredicate.not(DescribedPredicate.describe(
                    "may read the wall clock",
                    (JavaClass type) ->
                            MAY_READ_THE_WALL_CLOCK.contains(outermost(type).getName()))))
            .should()
            .accessTargetWhere(readsTheWallClock())
            .allowEmptyShould(true);

    private static DescribedPredicate<JavaAccess<?>> readsTheWallClock() {
        return DescribedPredicate.describe("the wall clock is read", access -> {
            JavaClass owner = access.getTargetOwner();
            HasName target = access.getTarget();
            return switch (target.getName()) {
                case "currentTimeMillis" -> owner.isEquivalentTo(System.class);
                case "now" -> owner.isAssignableTo(TemporalAccessor.class);
                case "<init>" -> owner.isEquivalentTo(Date.class);
                case "getInstance" -> owner.isAssignableTo(Calendar.class);
                default ->
                    owner.isEquivalentTo(Clock.class)
                            && (target.getName().startsWith("system")
                                    || target.getName().startsWith("tick"));
            };
        });
    }

    private static JavaClass outermost(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().orElseThrow();
        }
        return outer;
    }
}
