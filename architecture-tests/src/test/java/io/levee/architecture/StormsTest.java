package io.levee.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.levee.Classifier;
import io.levee.Levee;
import io.levee.RetryPolicy;

/** What the lab predicts is what production does: the simulator has no rule of its own, and drives the library's. */
@AnalyzeClasses(packages = "io.levee", importOptions = MainCode.class)
class StormsTest {
    private static final String STORM = "io.levee.lab.storm";
    private static final String PEERS = STORM + ".peers";
    private static final String WHY = "a second copy of a rule would predict something that production does not do";

    /** The peers' rules are others', and stand apart: they know nothing of the library. */
    @ArchTest
    static final ArchRule peersKnowNothingOfTheLibrary = classes()
            .that()
            .resideInAPackage(PEERS)
            .should()
            .onlyDependOnClassesThat(resideInAPackage(PEERS)
                    .or(resideInAPackage("java.."))
                    .or(resideInAPackage("org.jspecify.annotations"))
                    .or(DescribedPredicate.describe(
                            "primitive", type -> type.getBaseComponentType().isPrimitive())));

    @ArchTest
    static final ArchRule noRuleOfRetryingIsWrittenInTheSimulator = noClasses()
            .that()
            .resideInAPackage(STORM + "..")
            .should()
            .beAssignableTo(RetryPolicy.class)
            .orShould()
            .beAssignableTo(Classifier.class)
            .because(WHY);

    /** One class calls the library, through its public face, and one sets it up. */
    @ArchTest
    static final ArchRule onlyTheGuardCallsTheLibrary = classes()
            .that(DescribedPredicate.describe("call or build a Levee", StormsTest::callsLevee))
            .should()
            .haveSimpleNameStartingWith("LeveeGuard")
            .orShould()
            .haveSimpleName("StormClient")
            .because(WHY);

    /** The peers' loop is the only one that asks peers' rules: nothing of the library's client comes from there. */
    @ArchTest
    static final ArchRule onlyThePeersLoopAsksPeers = classes()
            .that(DescribedPredicate.describe(
                    "of the simulator use PeerRules",
                    type -> type.getPackageName().equals(STORM) && dependsOn(type, PEERS + ".PeerRules")))
            .should()
            .haveNameMatching(".*\\.(PeerGuard(\\$.*)?|StormClient)")
            .because(WHY);

    private static boolean callsLevee(JavaClass type) {
        return type.getPackageName().startsWith(STORM)
                && (dependsOn(type, Levee.class.getName()) || dependsOn(type, Levee.Builder.class.getName()));
    }

    private static boolean dependsOn(JavaClass type, String name) {
        return type.getDirectDependenciesFromSelf().stream()
                .anyMatch(dependency -> dependency.getTargetClass().getName().equals(name));
    }
}
