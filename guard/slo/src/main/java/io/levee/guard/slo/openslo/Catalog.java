package io.levee.guard.slo.openslo;

import io.levee.yaml.Problem;
import io.levee.yaml.read.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The documents of several files together, so that they can refer to each other. Immutable and thread-safe. */
public final class Catalog {
    private final Map<String, OpenSloObject> objects;
    private final Map<String, OpenSloFile> origins;
    private final List<Problem> warnings;

    private Catalog(Map<String, OpenSloObject> objects, Map<String, OpenSloFile> origins, List<Problem> warnings) {
        this.objects = objects;
        this.origins = origins;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Puts files together.
     *
     * @param files one or more
     * @return the catalog
     * @throws OpenSloException if two files have an object of the same kind and name, or an alert can never fire
     */
    public static Catalog of(List<OpenSloFile> files) {
        Map<String, OpenSloObject> objects = new LinkedHashMap<>();
        Map<String, OpenSloFile> origins = new LinkedHashMap<>();
        List<Problem> wrong = new ArrayList<>();
        List<Problem> warnings = new ArrayList<>();
        for (OpenSloFile file : files) {
            warnings.addAll(file.warnings());
            for (OpenSloObject object : file.objects()) {
                String key = key(object.kind(), object.metadata().name());
                OpenSloFile before = origins.putIfAbsent(key, file);
                if (before == null) {
                    objects.put(key, object);
                } else {
                    wrong.add(new Problem(
                            file.name(), 1, 1, "metadata.name", key + " is also in " + before.name() + "; rename one"));
                }
            }
        }
        Catalog catalog = new Catalog(objects, origins, List.of());
        for (OpenSloFile file : files) {
            for (OpenSloObject object : file.objects()) {
                new Checks(catalog, file.name(), wrong, warnings).check(object);
            }
        }
        if (!wrong.isEmpty()) {
            throw new OpenSloException(wrong);
        }
        return new Catalog(objects, origins, warnings);
    }

    private static String key(String kind, String name) {
        return kind + " " + name;
    }

    /**
     * What can be used but is unwise.
     *
     * @return the files' own warnings, then references that lead nowhere
     */
    public List<Problem> warnings() {
        return warnings;
    }

    /**
     * All documents.
     *
     * @return in the order of the files
     */
    public List<OpenSloObject> objects() {
        return List.copyOf(objects.values());
    }

    /**
     * All objectives.
     *
     * @return in the order of the files
     */
    public List<Slo> slos() {
        List<Slo> slos = new ArrayList<>();
        for (OpenSloObject object : objects.values()) {
            if (object instanceof Slo slo) {
                slos.add(slo);
            }
        }
        return slos;
    }

    /**
     * An objective.
     *
     * @param name its name
     * @return the objective
     * @throws IllegalArgumentException if there is none of that name
     */
    public Slo slo(String name) {
        if (objects.get(key("SLO", name)) instanceof Slo slo) {
            return slo;
        }
        throw new IllegalArgumentException("there is no SLO '" + name + "'"
                + Suggestion.wayOut(name, slos().stream().map(Slo::name).toList()));
    }

    /**
     * The file that an objective stands in.
     *
     * @param slo one of this catalog's
     * @return the file as it was read
     * @throws IllegalArgumentException if it is not of this catalog
     */
    public OpenSloFile file(Slo slo) {
        OpenSloFile file = origins.get(key("SLO", slo.name()));
        if (file == null) {
            throw new IllegalArgumentException("SLO '" + slo.name() + "' is in none of the files");
        }
        return file;
    }

    /**
     * The indicator of an objective.
     *
     * @param slo no composite
     * @return the indicator, whether it stands in the objective or elsewhere
     * @throws IllegalArgumentException if it is in none of the files, or the objective is a composite
     */
    public Sli sli(Slo slo) {
        Sli own = slo.indicator();
        if (own != null) {
            return own;
        }
        String reference = slo.indicatorRef();
        if (reference == null) {
            throw new IllegalArgumentException(
                    "SLO '" + slo.name()
                            + "' is a composite, whose objectives have indicators of their own; that is read but not reckoned with");
        }
        if (find("SLI", reference) instanceof Sli sli) {
            return sli;
        }
        throw new IllegalArgumentException(
                "SLI '" + reference + "' of SLO '" + slo.name() + "' is in none of the files; give its file, too");
    }

    /**
     * What kind of system a metric comes from.
     *
     * @param source of an indicator
     * @return its own type, or else that of the DataSource that it names, such as {@code Prometheus}; null if neither is known
     */
    public @Nullable String type(MetricSource source) {
        String reference = source.reference();
        if (source.type() != null || reference == null) {
            return source.type();
        }
        return find("DataSource", reference) instanceof DataSource found ? found.type() : null;
    }

    @Nullable
    OpenSloObject find(String kind, String name) {
        return objects.get(key(kind, name));
    }
}
