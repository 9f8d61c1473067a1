package io.levee.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.lang.invoke.MethodHandles;
import java.util.ResourceBundle;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Core finds nothing by name at run time, so a native image that contains it needs no configuration for it. Allowed are
 * the handles of its own fields (VarHandle and field updaters), whose names are constants that an image builder reads.
 */
@AnalyzeClasses(packages = "io.levee", importOptions = MainCode.class)
class ReflectionTest {
    /**
     * The one place that asks for a class by name: {@code CauseChain.named}, with which a tool judges a log line. No
     * guarded call comes there, and a class that is not found is judged by its exact name.
     */
    private static final String LOOKS_UP_CLASSES = "io.levee.CauseChain";

    /** The one place that looks for services, once: an image builder sees the constant class and takes its providers along. */
    private static final String FINDS_TELEMETRY = "io.levee.TelemetryHub";

    /** What only compares and prints classes that are there already. */
    private static final Set<String> OF_CLASS = Set.of(
            "getName",
            "getSimpleName",
            "getSuperclass",
            "isInstance",
            "cast",
            "isAssignableFrom",
            "desiredAssertionStatus");

    @ArchTest
    static final ArchRule coreDoesNotReflect = noClasses()
            .that(Room.CORE.classes())
            .and()
            .doNotHaveFullyQualifiedName(LOOKS_UP_CLASSES)
            .and()
            .doNotHaveFullyQualifiedName(FINDS_TELEMETRY)
            .should()
            .accessTargetWhere(reflects());

    @ArchTest
    static final ArchRule coreLooksUpClassesInOnePlaceAndDoesNoMoreWithThem = noClasses()
            .that()
            .haveFullyQualifiedName(LOOKS_UP_CLASSES)
            .should()
            .accessTargetWhere(DescribedPredicate.describe(
                    "something is found by name that is not a class",
                    access -> reflects().test(access)
                            && !(access.getTargetOwner().isEquivalentTo(Class.class)
                                    && access.getTarget().getName().equals("forName"))));

    /** A rule that nothing can break proves nothing. */
    @Test
    void theRuleFindsWhatItIsAbout() {
        JavaClasses reflecting = new ClassFileImporter().importClasses(Reflecting.class);
        assertThat(reflecting.get(Reflecting.class).getAccessesFromSelf().stream()
                        .filter(access -> reflects().test(access))
                        .map(access -> access.getTarget().getName()))
                .contains("forName", "getDeclaredMethods", "invoke", "findVirtual", "load");
    }

    @SuppressWarnings("unused") // only its class file is read
    private static final class Reflecting {
        Object all() throws Throwable {
            Class.forName("x").getDeclaredMethods()[0].invoke(null);
            MethodHandles.lookup().findVirtual(String.class, "length", null);
            return ServiceLoader.load(Runnable.class);
        }
    }

    private static DescribedPredicate<JavaAccess<?>> reflects() {
        return DescribedPredicate.describe("something is found by its name at run time", access -> {
            JavaClass owner = access.getTargetOwner();
            String name = access.getTarget().getName();
            if (owner.isEquivalentTo(Class.class)) {
                return !OF_CLASS.contains(name);
            }
            if (owner.isEquivalentTo(MethodHandles.class)) {
                return !name.equals("lookup");
            }
            if (owner.isEquivalentTo(MethodHandles.Lookup.class)) {
                return !name.equals("findVarHandle");
            }
            if (owner.isAssignableTo(ClassLoader.class)) {
                return !name.equals("<init>");
            }
            return owner.getPackageName().equals("java.lang.reflect")
                    || owner.isAssignableTo(ServiceLoader.class)
                    || owner.isAssignableTo(ResourceBundle.class)
                    || owner.isAssignableTo(ObjectInputStream.class);
        });
    }
}
