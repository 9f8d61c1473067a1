package io.levee.guard.server.github;

import io.levee.guard.web.WebException;
import java.net.URI;
import java.security.PrivateKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the hook for GitHub's deployment protection rules needs. Immutable.
 *
 * @param secret the webhook's, which signs what GitHub sends
 * @param token what GitHub is told with; null to ask for one as an App
 * @param appId the App's id; null with a token
 * @param appKey the App's key; null with a token
 * @param origins where verdicts may be sent, such as {@code https://api.github.com}; nothing is ever sent elsewhere
 * @param slos each repository's objective; {@code *} is for those that are not named
 * @param releaseIsRef whether a release is named by the branch or tag instead of the commit
 */
public record GithubSettings(
        String secret,
        @Nullable String token,
        @Nullable String appId,
        @Nullable PrivateKey appKey,
        List<String> origins,
        Map<String, String> slos,
        boolean releaseIsRef) {
    /** GitHub's own. */
    public static final String GITHUB = "https://api.github.com";

    /**
     * Copies the collections.
     *
     * @throws IllegalArgumentException if the secret is shorter than 16 characters, or there is nothing to answer with
     */
    public GithubSettings {
        if (secret.length() < 16) {
            throw new IllegalArgumentException("GitHub's webhook secret must have 16 characters or more");
        }
        if (token == null && (appId == null || appKey == null)) {
            throw new IllegalArgumentException("give GitHub's token, or the App's id and key");
        }
        origins = List.copyOf(origins);
        slos = Map.copyOf(slos);
    }

    /**
     * An address that verdicts may be sent to.
     *
     * @param address what a request says
     * @return the address
     * @throws WebException 400 if it is of another origin
     */
    public URI allowed(String address) {
        try {
            URI uri = new URI(address);
            String origin = uri.getScheme() + "://" + uri.getAuthority();
            if (origins.contains(origin)) {
                return uri;
            }
        } catch (java.net.URISyntaxException e) {
            throw new WebException(400, "'deployment_callback_url' is no address");
        }
        throw new WebException(400, "'deployment_callback_url' is not at " + String.join(" or ", origins));
    }

    /**
     * A repository's objective.
     *
     * @param repository such as {@code owner/name}
     * @return the objective's name
     * @throws WebException 400 if none is set
     */
    public String slo(String repository) {
        String slo = slos.getOrDefault(repository, slos.get("*"));
        if (slo == null) {
            throw new WebException(
                    400,
                    "no SLO is set for " + repository + "; start the guard with --github-slo " + repository + "=NAME");
        }
        return slo;
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "GitHub at " + origins;
    }
}
