package io.levee.architecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/**
 * Leaves out compiled tests, in whatever directory the build put them: ArchUnit's own option knows only 'target', and
 * a second JDK builds into 'target-25'.
 */
final class MainCode implements ImportOption {
    @Override
    public boolean includes(Location location) {
        return !location.contains("/test-classes/");
    }
}
