package io.levee.guard.server;

import io.levee.guard.actions.ActionFile;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloException;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The OpenSLO files of a folder and its subfolders, read again when one of them changes. A broken file is a problem, and what it
 * said before it broke stays in force; if files do not go together, all of what was read before does. One thread refreshes;
 * any may read.
 */
final class CatalogFolder implements Supplier<Catalog> {
    private final Path folder;
    private final Map<Path, OpenSloFile> good = new TreeMap<>();
    private Map<Path, String> stamps = Map.of();
    private volatile Read read = new Read(Catalog.of(List.of()), List.of());

    private record Read(Catalog catalog, List<Problem> problems) {}

    CatalogFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("there is no folder " + folder + "; make one with OpenSLO files in it");
        }
        this.folder = folder;
    }

    @Override
    public Catalog get() {
        return read.catalog;
    }

    /** What is wrong with the files now. */
    List<Problem> problems() {
        return read.problems;
    }

    /** Whether anything was read again. */
    boolean refresh() {
        Map<Path, String> now;
        try {
            now = stamps();
        } catch (IOException e) {
            read = new Read(read.catalog, List.of(problem(folder, "cannot be read: " + e.getMessage())));
            return false;
        }
        if (now.equals(stamps)) {
            return false;
        }
        stamps = now;
        good.keySet().retainAll(now.keySet());
        List<Problem> problems = new ArrayList<>();
        for (Path file : now.keySet()) {
            read(file, problems);
        }
        Catalog catalog = read.catalog;
        try {
            catalog = Catalog.of(List.copyOf(good.values()));
        } catch (OpenSloException e) {
            problems.addAll(e.problems());
        }
        if (now.isEmpty()) {
            problems.add(problem(folder, "has no file that ends in .yaml, .yml or .json; put OpenSLO files there"));
        }
        read = new Read(catalog, List.copyOf(problems));
        return true;
    }

    private void read(Path file, List<Problem> problems) {
        try {
            good.put(file, OpenSloFile.load(file));
        } catch (OpenSloException e) {
            problems.addAll(e.problems());
        } catch (IOException e) {
            problems.add(problem(file, "cannot be read: " + e.getMessage()));
        }
    }

    private Map<Path, String> stamps() throws IOException {
        Map<Path, String> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder, 8)) {
            for (Path file : (Iterable<Path>) files.filter(CatalogFolder::isOurs)::iterator) {
                BasicFileAttributes about = attributes(file);
                if (about != null && about.isRegularFile()) {
                    found.put(file, about.lastModifiedTime() + " " + about.size() + " " + about.fileKey());
                }
            }
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
        return found;
    }

    /** Null for a file that has gone meanwhile. */
    private static @Nullable BasicFileAttributes attributes(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean isOurs(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(".")
                && !name.equals(ActionFile.NAME)
                && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }

    private static Problem problem(Path file, String message) {
        return new Problem(file.toString(), 1, 1, "", message);
    }
}
