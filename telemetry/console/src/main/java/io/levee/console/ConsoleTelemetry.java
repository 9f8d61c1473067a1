package io.levee.console;

import io.levee.Levee;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import org.jspecify.annotations.Nullable;

/**
 * What the console hears with. Found by the {@link java.util.ServiceLoader}, so every Levee that names no other telemetry
 * has it; who does name some adds {@code new ConsoleTelemetry()}. Until a console runs, a call costs an addition or two.
 * Thread-safe; all instances are alike.
 */
public final class ConsoleTelemetry implements Telemetry {
    /** Makes one. */
    public ConsoleTelemetry() {}

    @Override
    public @Nullable TelemetrySink sink(Levee levee) {
        return Board.OF_THIS_JVM.sink(levee);
    }
}
