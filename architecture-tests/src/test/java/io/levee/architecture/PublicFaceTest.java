package io.levee.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.module.ModuleDescriptor.Exports;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a user can name: a public signature must not mention a type of Levee that the user cannot. (javac's own lint
 * for this, exports, is off: it also reports every JSpecify annotation.)
 */
@AnalyzeClasses(packages = "io.levee", importOptions = MainCode.class)
class PublicFaceTest {
    private static final Set<String> EXPORTED_PACKAGES = Modules.own().values().stream()
            .flatMap(module -> module.exports().stream())
            .filter(exports -> !exports.isQualified())
            .map(Exports::source)
            .collect(Collectors.toUnmodifiableSet());

    @ArchTest
    static final ArchRule signaturesMentionOnlyWhatUsersCanName = classes()
            .that(DescribedPredicate.describe("are API", PublicFaceTest::canBeNamed))
            .should(mentionOnlyTypesThatCanBeNamed())
            .allowEmptyShould(true);

    private static boolean canBeNamed(JavaClass type) {
        boolean visible = type.getModifiers().contains(JavaModifier.PUBLIC)
                || (type.getModifiers().contains(JavaModifier.PROTECTED)
                        && type.getEnclosingClass().isPresent());
        return visible
                && EXPORTED_PACKAGES.contains(type.getPackageName())
                && type.getEnclosingClass().map(PublicFaceTest::canBeNamed).orElse(true);
    }

    private static ArchCondition<JavaClass> mentionOnlyTypesThatCanBeNamed() {
        return new ArchCondition<>("mention only types that a user can name") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaMember member : type.getMembers()) {
                    if (isApi(member)) {
                        signature(member)
                                .flatMap(mentioned -> mentioned.getAllInvolvedRawTypes().stream())
                                .map(JavaClass::getBaseComponentType)
                                .filter(mentioned -> Room.of(mentioned).isPresent() && !canBeNamed(mentioned))
                                .forEach(mentioned -> events.add(SimpleConditionEvent.violated(
                                        member,
                                        member.getFullName() + " mentions " + mentioned.getName()
                                                + ", which no user can name")));
                    }
                }
            }
        };
    }

    private static boolean isApi(JavaMember member) {
        Set<JavaModifier> modifiers = member.getModifiers();
        return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
                && !modifiers.contains(JavaModifier.SYNTHETIC);
    }

    private static Stream<JavaType> signature(JavaMember member) {
        if (member instanceof JavaField field) {
            return Stream.of(field.getType());
        }
        JavaCodeUnit codeUnit = (JavaCodeUnit) member;
        return Stream.concat(Stream.of(codeUnit.getReturnType()), codeUnit.getParameterTypes().stream());
    }
}
