package io.levee.architecture;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Finds tests in the sources of all modules: their classes are not on the class path of this one. */
final class TestSource {
    private static final Set<String> MAKES_A_TEST = Set.of(
            "Test",
            "ParameterizedTest",
            "RepeatedTest",
            "TestFactory",
            "Property",
            "Example",
            "ArchTest",
            "FuzzTest",
            "JCStressTest");

    private TestSource() {}

    /** A test: the folder of its module, its top-level class, and its name in there. */
    record Found(String module, String className, String member, boolean isFull) {}

    /** The tests of this name in all modules. */
    static List<Found> find(Path root, String className, String member) throws IOException {
        List<Found> found = new ArrayList<>();
        for (String module : modules(root)) {
            inModule(root, module, className).stream()
                    .filter(test -> test.member().equals(member))
                    .forEach(found::add);
        }
        return found;
    }

    private static List<Found> parsed(String module, Path file) throws IOException {
        List<Found> found = new ArrayList<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, List.of(), null, files.getJavaFileObjects(file.toFile()));
            for (CompilationUnitTree unit : task.parse()) {
                for (Tree type : unit.getTypeDecls()) {
                    if (type instanceof ClassTree top) {
                        boolean classIsFull = isFull(top.getModifiers());
                        for (Tree member : top.getMembers()) {
                            add(found, module, top, member, classIsFull);
                        }
                    }
                }
            }
        }
        return found;
    }

    private static void add(List<Found> found, String module, ClassTree top, Tree member, boolean classIsFull) {
        String name;
        ModifiersTree modifiers;
        if (member instanceof MethodTree method) {
            name = method.getName().toString();
            modifiers = method.getModifiers();
        } else if (member instanceof VariableTree field) {
            name = field.getName().toString();
            modifiers = field.getModifiers();
        } else if (member instanceof ClassTree nested) {
            name = nested.getSimpleName().toString();
            modifiers = nested.getModifiers();
        } else {
            return;
        }
        if (modifiers.getAnnotations().stream().anyMatch(annotation -> MAKES_A_TEST.contains(nameOf(annotation)))) {
            found.add(new Found(module, top.getSimpleName().toString(), name, classIsFull || isFull(modifiers)));
        }
    }

    private static boolean isFull(ModifiersTree modifiers) {
        return modifiers.getAnnotations().stream()
                .anyMatch(annotation -> nameOf(annotation).equals("Tag")
                        && annotation.getArguments().toString().contains("\"full\""));
    }

    private static String nameOf(AnnotationTree annotation) {
        return annotation.getAnnotationType().toString().replaceFirst(".*\\.", "");
    }

    /** All tests of the class of this name in a module; none if it has no such class. */
    static List<Found> inModule(Path root, String module, String className) {
        Path sources = root.resolve(module).resolve("src");
        try (Stream<Path> files = Files.walk(sources)) {
            List<Found> found = new ArrayList<>();
            for (Path file :
                    files.filter(path -> path.endsWith(className + ".java")).toList()) {
                found.addAll(parsed(module, file));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> modules(Path root) throws IOException {
        return Pattern.compile("<module>([^<]+)</module>")
                .matcher(Files.readString(root.resolve("pom.xml")))
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
