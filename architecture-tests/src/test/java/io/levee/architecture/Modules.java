package io.levee.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The module descriptors of Levee's own modules, read off the class path that the tests run on. */
final class Modules {
    private Modules() {}

    /** Descriptors by module name. */
    static Map<String, ModuleDescriptor> own() {
        Map<String, ModuleDescriptor> found = new TreeMap<>();
        try {
            for (URL url : Collections.list(Modules.class.getClassLoader().getResources("module-info.class"))) {
                try (InputStream in = url.openStream()) {
                    ModuleDescriptor module = ModuleDescriptor.read(in);
                    if (module.name().equals("io.levee") || module.name().startsWith("io.levee.")) {
                        found.put(module.name(), module);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
