package io.levee.prometheus;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Debian's Prometheus and its promtool. */
final class Programs {
    private Programs() {}

    /** What a program said and how it ended. */
    record Ending(int code, String output) {}

    static String find(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElse("");
    }

    static void assumeInstalled() {
        assumeTrue(
                !find("prometheus").isEmpty() && !find("promtool").isEmpty(),
                "SKIPPED: prometheus is not installed (Debian package prometheus)");
    }

    static Ending promtool(Path folder, String input, String... arguments) throws IOException, InterruptedException {
        String[] command =
                Stream.concat(Stream.of(find("promtool")), Stream.of(arguments)).toArray(String[]::new);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> {
            try {
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return e.toString();
            }
        });
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Ending(process.waitFor(), output.join());
    }
}
