package io.levee.cli;

import io.levee.guard.browser.BrowserSettings;
import io.levee.guard.ingest.IngestFile;
import io.levee.guard.ingest.IngestSettings;
import io.levee.guard.ingest.PrometheusSource;
import io.levee.guard.server.Guard;
import io.levee.guard.server.GuardSettings;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code levee guard serve}: starts the guard, until it is told to stop. */
@Command(
        name = "serve",
        description = "Starts the guard. It prints what it listens on and, the first time, its first admin token.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {"1:an error in levee itself", "2:bad input, or the port or the store cannot be used"})
final class GuardServeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--slo", required = true, paramLabel = "DIR", description = "The folder of the OpenSLO files.")
    @SuppressWarnings("NullAway.Init") // required
    private Path slos;

    @Mixin
    private final StorePlace place = new StorePlace();

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8462",
            description = "The port of HTTP; 0 for any free one; default ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--otlp-grpc-port",
            paramLabel = "N",
            description = "Take OTLP over gRPC as well, at this port (4317 is usual); off by default.")
    private @Nullable Integer grpcPort;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address to listen on; default ${DEFAULT-VALUE}, which only this machine reaches.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String listen;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "The certificate and those that signed it, in PEM.")
    private @Nullable Path certificates;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key, in PEM and PKCS 8.")
    private @Nullable Path key;

    @Option(
            names = "--insecure",
            description = "Serve other machines without TLS: something in front of the guard encrypts.")
    private boolean insecure;

    @Option(
            names = "--behind-proxy",
            description = "Take clients' addresses from X-Forwarded-For; only behind a proxy that sets it.")
    private boolean behindProxy;

    @Option(
            names = "--default-environment",
            paramLabel = "ENV",
            description = "The environment of OTLP without deployment.environment.name; default production.")
    private @Nullable String defaultEnvironment;

    @Option(
            names = "--ingest",
            paramLabel = "FILE",
            description =
                    "Which spans and metrics count, in YAML; see docs/ingest.md. By default calls' and SERVER spans.")
    private @Nullable Path ingest;

    @Option(
            names = "--browser-site",
            paramLabel = "ORIGIN=SERVICE",
            description = "Take reports of browsers from pages of this origin; more than once for several.")
    private List<String> sites = new ArrayList<>();

    @Option(
            names = "--trace-link",
            paramLabel = "URL",
            description = "Where a trace is shown, with {traceId} in the place of its id, such as"
                    + " https://jaeger.example/trace/{traceId}.")
    private @Nullable String traceLink;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            defaultValue = "UTC",
            description = "Whose clocks begin the months and days of the review; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String zone;

    @Option(
            names = "--prometheus",
            paramLabel = "URL",
            description =
                    "Fetch the counts of objectives whose metrics are of type Prometheus from this server, or from Thanos or"
                            + " Mimir. A bearer token, if it wants one: LEVEE_PROMETHEUS_TOKEN.")
    private @Nullable String prometheus;

    @Mixin
    private final GithubOptions github = new GithubOptions();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        CountDownLatch stopped = new CountDownLatch(1);
        try (Guard guard = start()) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                guard.close();
                                stopped.countDown();
                            },
                            "levee-guard-stop"));
            say(out, guard);
            stopped.await();
        }
        return 0;
    }

    /** Starts it, or says in one line why not. */
    Guard start() {
        try {
            return Guard.start(settings());
        } catch (IllegalArgumentException | StoreException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            throw new UserError("cannot listen on " + listen + " port " + port + ": " + reason(e)
                    + "; name another one with --port");
        }
    }

    private static String reason(UncheckedIOException e) {
        IOException cause = e.getCause();
        return cause == null ? String.valueOf(e.getMessage()) : Inputs.reason(cause);
    }

    private GuardSettings settings() {
        GuardSettings settings = new GuardSettings(slos, place.settings())
                .port(port)
                .listen(listen)
                .review(ReviewPrepareCommand.settings(zone))
                .ingest(ingest());
        if ((certificates == null) != (key == null)) {
            throw new UserError("--tls-cert and --tls-key go together");
        }
        if (certificates != null && key != null) {
            settings.tls(certificates, key);
        }
        if (insecure) {
            settings.insecure();
        }
        if (behindProxy) {
            settings.behindProxy();
        }
        if (grpcPort != null) {
            settings.otlpGrpc(grpcPort);
        }
        if (traceLink != null) {
            settings.traceLink(traceLink);
        }
        if (!sites.isEmpty()) {
            settings.browser(BrowserSettings.of(
                    sites.stream().map(GuardServeCommand::site).toList()));
        }
        if (prometheus != null) {
            settings.prometheus(prometheus(prometheus));
        }
        var rule = github.settings();
        return rule == null ? settings : settings.github(rule);
    }

    private IngestSettings ingest() {
        IngestSettings settings = IngestSettings.defaults();
        Path file = ingest;
        if (file != null) {
            try {
                settings = IngestFile.load(file, settings);
            } catch (IOException e) {
                throw Inputs.unreadable(file.toString(), e);
            }
        }
        String environment = defaultEnvironment;
        return environment == null
                ? settings
                : settings.withDefaultEnvironment(
                        Given.option("--default-environment", environment, Environment::parse));
    }

    private static PrometheusSource.Builder prometheus(String text) {
        PrometheusSource.Builder source = Given.option(
                        "--prometheus", text, each -> PrometheusSource.of(URI.create(each)))
                .timeout(Duration.ofSeconds(10));
        String token = System.getenv("LEVEE_PROMETHEUS_TOKEN");
        return token == null || token.isEmpty() ? source : source.token(token);
    }

    private static BrowserSettings.Site site(String text) {
        int equals = text.lastIndexOf('=');
        if (equals < 1) {
            throw new UserError("--browser-site: '" + text + "'; write such as https://shop.example=shop");
        }
        return Given.option(
                "--browser-site",
                text,
                each -> new BrowserSettings.Site(
                        each.substring(0, equals), each.substring(equals + 1), Environment.PRODUCTION));
    }

    private void say(PrintWriter out, Guard guard) {
        out.print("levee guard listens on " + guard.uri() + '\n');
        if (guard.grpcPort() != null) {
            out.print("OTLP over gRPC on port " + guard.grpcPort() + '\n');
        }
        out.print(guard.objectives() + " objectives in " + slos + '\n');
        guard.problems().forEach(problem -> spec.commandLine().getErr().println(problem));
        String token = guard.firstToken();
        if (token != null) {
            out.print("the first admin token, shown this once: " + token + '\n');
        }
        out.flush();
    }
}
