package io.levee.spring;

import io.levee.config.LeveeConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

/** Finds the application's policy file. */
final class Policy {
    static final String PROPERTY = "levee.policy";
    private static final String USUAL = "classpath:levee.yaml";

    private Policy() {}

    /**
     * Reads it.
     *
     * @return null if the application has none
     */
    static @Nullable LeveeConfig read(Environment environment, ResourceLoader resources) {
        String location = environment.getProperty(PROPERTY);
        if (location != null) {
            return read(location, resources.getResource(location));
        }
        Resource usual = resources.getResource(USUAL);
        return usual.exists() ? read(USUAL, usual) : null;
    }

    private static LeveeConfig read(String location, Resource resource) {
        try {
            if (resource.isFile()) {
                return LeveeConfig.load(resource.getFile().toPath());
            }
            return LeveeConfig.parse(location, resource.getContentAsString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new PolicyNotFoundException(
                    PROPERTY + " is '" + location + "', which cannot be read: " + e.getMessage(), e);
        }
    }
}
