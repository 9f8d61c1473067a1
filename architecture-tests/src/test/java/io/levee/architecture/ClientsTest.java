package io.levee.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** An adapter translates, and decides nothing: when and whether to try again is the engine's. */
@AnalyzeClasses(packages = "io.levee", importOptions = MainCode.class)
class ClientsTest {
    private static final String WHY = "an adapter that decides anything by itself is a defect";

    @ArchTest
    static final ArchRule adaptersDoNotWait = noClasses()
            .that(Room.clientClasses())
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .orShould()
            .callMethod(TimeUnit.class, "sleep", long.class)
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(LockSupport.class, ScheduledExecutorService.class)
            .because(WHY)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule adaptersDoNotThrowDice = noClasses()
            .that(Room.clientClasses())
            .should()
            .dependOnClassesThat(assignableTo(Random.class)
                    .or(assignableTo(SplittableRandom.class))
                    .or(assignableTo(RandomGenerator.class)))
            .orShould()
            .callMethod(Math.class, "random")
            .because(WHY)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule adaptersHaveNoBackoff = noClasses()
            .that(Room.clientClasses())
            .should()
            .dependOnClassesThat(
                    assignableTo("io.levee.RetryPolicy").or(JavaClass.Predicates.simpleName("RandomSource")))
            .because(WHY)
            .allowEmptyShould(true);
}
