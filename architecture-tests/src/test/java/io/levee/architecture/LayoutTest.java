package io.levee.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.module.ModuleDescriptor.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What may depend on what. */
@AnalyzeClasses(packages = "io.levee", importOptions = MainCode.class)
class LayoutTest {
    /** In the build, but no rooms: nothing is published from them and no published code may need them. */
    private static final Set<String> WORKSHOPS =
            Set.of("architecture-tests", "bench", "stress", "clients/http-contract", "test-servers");

    private static final Set<String> PACKAGES_OF_JAVA_BASE =
            Object.class.getModule().getPackages();

    @ArchTest
    static final ArchRule coreDependsOnNothing = classes()
            .that(Room.CORE.classes())
            .should()
            .onlyDependOnClassesThat(Room.CORE
                    .classes()
                    .or(DescribedPredicate.describe(
                            "of java.base",
                            type -> PACKAGES_OF_JAVA_BASE.contains(
                                            type.getBaseComponentType().getPackageName())
                                    || type.getBaseComponentType().isPrimitive()))
                    .or(JavaClass.Predicates.resideInAPackage("org.jspecify.annotations")));

    /** What counts and judges must be usable beside any client library, so it does not bring ours along. */
    @ArchTest
    static final ArchRule theArithmeticKnowsNothingOfTheLibrary =
            noClasses().that(Room.SLO.classes()).should().dependOnClassesThat(Room.CORE.classes());

    @ArchTest
    static final ArchRule roomsUseOnlyNearerRooms = classes().should(useOnlyNearerRooms());

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.(**)").should().beFreeOfCycles();

    @Test
    void coreRequiresNothingAtRunTime() {
        assertThat(Modules.own().get(Room.CORE.moduleName()).requires()).allSatisfy(requires -> {
            if (!requires.modifiers().contains(Requires.Modifier.STATIC)) {
                assertThat(requires.name()).isEqualTo("java.base");
            }
        });
    }

    /** With 'static transitive', javac asks every user on the module path for the module: 'module not found'. */
    @Test
    void usersNeedNotBringWhatOnlyTheCompilerReads() {
        assertThat(Modules.own().values())
                .allSatisfy(module -> assertThat(module.requires())
                        .noneMatch(requires -> requires.modifiers()
                                .containsAll(Set.of(Requires.Modifier.STATIC, Requires.Modifier.TRANSITIVE))));
    }

    @Test
    void everyModuleOfTheBuildIsARoomWithADescriptor() throws Exception {
        List<String> folders = Pattern.compile("<module>([^<]+)</module>")
                .matcher(Files.readString(Path.of("..", "pom.xml")))
                .results()
                .map(match -> match.group(1))
                .filter(folder -> !WORKSHOPS.contains(folder))
                .toList();

        assertThat(folders).isNotEmpty().allSatisfy(folder -> {
            Optional<Room> room = Arrays.stream(Room.values())
                    .filter(r -> r.folder().equals(folder))
                    .findFirst();
            assertThat(room).as("a row in Room for %s", folder).isPresent();
            assertThat(Modules.own())
                    .as("the module of %s, a dependency of these tests", folder)
                    .containsKey(room.orElseThrow().moduleName());
        });
    }

    private static ArchCondition<JavaClass> useOnlyNearerRooms() {
        return new ArchCondition<>("use only rooms nearer to core") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Room room = Room.of(type).orElseThrow();
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    Room.of(dependency.getTargetClass().getBaseComponentType())
                            .filter(target -> !room.mayUse(target))
                            .ifPresent(target -> events.add(SimpleConditionEvent.violated(
                                    dependency,
                                    room.folder() + " may not use " + target.folder() + ": "
                                            + dependency.getDescription())));
                }
            }
        };
    }
}
