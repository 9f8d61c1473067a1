package io.levee.cli;

import io.levee.guard.server.github.GithubSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the guard needs to answer GitHub's deployment protection rules. */
final class GithubOptions {
    @Option(
            names = "--github-secret-file",
            paramLabel = "FILE",
            description = "Answer GitHub's deployment protection rules: the App's webhook secret.")
    private @Nullable Path secret;

    @Option(names = "--github-app-id", paramLabel = "ID", description = "The App's id.")
    private @Nullable String appId;

    @Option(names = "--github-app-key", paramLabel = "FILE", description = "The App's key, in PEM and PKCS 8.")
    private @Nullable Path appKey;

    @Option(
            names = "--github-token-file",
            paramLabel = "FILE",
            description = "A token to answer with, instead of the App's id and key.")
    private @Nullable Path token;

    @Option(
            names = "--github-slo",
            paramLabel = "REPOSITORY=NAME",
            description = "The objective of a repository (owner/name; * for all others); more than once for several.")
    private List<String> slos = new ArrayList<>();

    @Option(
            names = "--github-api",
            paramLabel = "ORIGIN",
            defaultValue = GithubSettings.GITHUB,
            description = "Where answers may go: nowhere else; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String api;

    @Option(
            names = "--github-release",
            paramLabel = "FIELD",
            defaultValue = "sha",
            description = "What names the release of a deployment, as events do: sha or ref; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String release;

    /** Null if GitHub is not to be answered. */
    @Nullable
    GithubSettings settings() {
        Path file = secret;
        if (file == null) {
            return null;
        }
        if (!release.equals("sha") && !release.equals("ref")) {
            throw new UserError("--github-release: must be sha or ref, is '" + release + "'");
        }
        Map<String, String> repositories = new LinkedHashMap<>();
        for (String each : slos) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw new UserError("--github-slo: '" + each + "'; write such as owner/name=order-submit");
            }
            repositories.put(each.substring(0, equals), each.substring(equals + 1));
        }
        if (repositories.isEmpty()) {
            throw new UserError("--github-slo is missing: which objective stands for which repository?");
        }
        try {
            return new GithubSettings(
                    text(file),
                    token == null ? null : text(token),
                    appId,
                    appKey == null ? null : key(appKey),
                    List.of(api),
                    repositories,
                    release.equals("ref"));
        } catch (IllegalArgumentException e) {
            throw new UserError("--github-...: " + e.getMessage());
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw Inputs.unreadable(file.toString(), e);
        }
    }

    private static PrivateKey key(Path file) {
        String pem = text(file);
        if (!pem.contains("BEGIN PRIVATE KEY")) {
            throw new UserError("--github-app-key: " + file + " is no key in PKCS 8; turn GitHub's into one:"
                    + " openssl pkcs8 -topk8 -nocrypt -in " + file);
        }
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new UserError("--github-app-key: " + file + " cannot be read: " + e.getMessage());
        }
    }
}
