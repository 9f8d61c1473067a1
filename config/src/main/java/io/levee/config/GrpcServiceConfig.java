package io.levee.config;

import io.levee.Levee;
import io.levee.yaml.read.Suggestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC service config (gRFC A6) as the settings of {@link Levee}s: what a channel would have retried by itself is then
 * retried by Levee, with its deadline, breaker and limiter.
 *
 * <pre>{@code
 * GrpcServiceConfig config = GrpcServiceConfig.load(Path.of("service-config.json"));
 * Levee stock = config.builder("inventory", "inventory.Stock/Get").build();
 * }</pre>
 *
 * <p>Read are {@code methodConfig} with {@code name}, {@code timeout} and {@code retryPolicy}, and {@code retryThrottling};
 * all else is the channel's. The exact entry for a method wins over its service's, that over the default one. Delays
 * are gRPC's: {@code min(initialBackoff x backoffMultiplier^(n-1), maxBackoff)} times a random factor from 0.8 to 1.2, but
 * at least 1 ms; more than 5 attempts count as 5. A {@code retryPolicy} says that its methods may be repeated, so the
 * builder is {@linkplain Levee.Builder#idempotent() idempotent}. What differs from gRPC stands in docs/policy-file.md.
 *
 * <p>A document with anything wrong is not used at all, and the exception names everything that is wrong with its path.
 * Immutable and thread-safe.
 */
public final class GrpcServiceConfig {
    private final String name;
    private final Map<String, List<Consumer<Levee.Builder>>> methods;

    private GrpcServiceConfig(String name, Map<String, List<Consumer<Levee.Builder>>> methods) {
        this.name = name;
        this.methods = methods;
    }

    /**
     * Reads a file in UTF-8.
     *
     * @param path the file, in JSON
     * @return its settings
     * @throws IOException if it cannot be read
     * @throws PolicyFileException if anything in it is wrong
     */
    public static GrpcServiceConfig load(Path path) throws IOException {
        return parse(path.toString(), Files.readString(path));
    }

    /**
     * Reads a text.
     *
     * @param name what messages call it
     * @param json the text
     * @return its settings
     * @throws PolicyFileException if anything in it is wrong
     */
    public static GrpcServiceConfig parse(String name, String json) {
        JsonDocument document = JsonDocument.parse(name, json);
        return read(name, document.root(), document.problems());
    }

    /**
     * Reads a document that is parsed already, as gRPC's {@code defaultServiceConfig} takes it: of maps, lists, strings,
     * numbers and booleans.
     *
     * @param name what messages call it
     * @param document the document
     * @return its settings
     * @throws PolicyFileException if anything in it is wrong
     */
    public static GrpcServiceConfig of(String name, Map<String, ?> document) {
        return read(name, document, new PathProblems(name, Map.of()));
    }

    private static GrpcServiceConfig read(String name, @Nullable Object root, PathProblems problems) {
        Map<String, List<Consumer<Levee.Builder>>> methods = new ServiceConfigReader(problems).read(root);
        problems.check();
        return new GrpcServiceConfig(name, methods);
    }

    /**
     * A builder with what the document says of a method: add breaker, limiter, listeners and the like, and build. A method
     * without a {@code retryPolicy} is not retried, as in gRPC. What the document sets cannot be set again.
     *
     * @param downstream the downstream's name
     * @param fullMethodName as in {@code inventory.Stock/Get}; a service alone for its own entry, empty for the default
     * @return a new builder at each call
     * @throws IllegalArgumentException if the document has no entry for the method, its service, or all methods
     */
    public Levee.Builder builder(String downstream, String fullMethodName) {
        int slash = fullMethodName.lastIndexOf('/');
        String service = slash < 0 ? fullMethodName + "/" : fullMethodName.substring(0, slash + 1);
        for (String key : List.of(fullMethodName, service, "")) {
            List<Consumer<Levee.Builder>> settings = methods.get(key);
            if (settings != null) {
                Levee.Builder builder = Levee.named(downstream);
                settings.forEach(setting -> setting.accept(builder));
                return builder;
            }
        }
        throw new IllegalArgumentException(name + " has no methodConfig for '" + fullMethodName
                + "', its service or all methods" + Suggestion.wayOut(fullMethodName, methods.keySet()));
    }
}
