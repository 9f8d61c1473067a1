package io.levee.guard.console;

import io.levee.guard.web.Answer;
import io.levee.guard.web.Request;
import io.levee.guard.web.Routes;
import io.levee.guard.web.WebException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The guard's pages: budgets, one SLO with its curve and incidents, a heatmap, the gate, actions and the review.
 *
 * <p>The pages are static and hold no data: whoever loads them sees what the API answers to their token, so they are served
 * to everybody. They are one HTML document for all addresses, which script fills from {@code /api/v1}.
 *
 * <p>Immutable and thread-safe.
 */
public final class Console {
    /** Where the pages are. Each of them is answered with the same document. */
    static final List<String> PAGES = List.of(
            "/", "/slo/{name}", "/slo/{name}/incident/{id}", "/heatmap", "/gate", "/actions", "/review", "/login");

    /**
     * What the pages may load: nothing from elsewhere, no script or style but the files, and no text that becomes markup
     * or script (trusted types, of which they have no policy), so that a name that somebody chose cannot do anything.
     */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
            + "img-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
            + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private final Assets assets;
    private final Answer shell;

    /** Reads the pages' files. */
    public Console() {
        this.assets = Assets.load();
        byte[] html = assets.text("index.html")
                .replace("{assets}", "/assets/" + assets.version())
                .getBytes(StandardCharsets.UTF_8);
        this.shell = Answer.of(200, "text/html; charset=utf-8", html)
                .with("Cache-Control", "no-cache")
                .with("Content-Security-Policy", POLICY)
                .with("Referrer-Policy", "same-origin");
    }

    /**
     * Adds the pages and their files.
     *
     * @param routes of the server
     * @throws IllegalArgumentException if another room has one of these routes
     */
    public void addTo(Routes routes) {
        for (String page : PAGES) {
            routes.add("GET", page, null, request -> shell);
        }
        routes.add("GET", "/assets/*", null, this::asset);
    }

    private Answer asset(Request request) {
        String path = request.path();
        Answer answer = assets.answer(
                path.substring(Math.min("/assets/".length(), path.length())), request.header("Accept-Encoding"));
        if (answer == null) {
            throw new WebException(404, "there is no file " + path + "; the console begins at /");
        }
        return answer;
    }
}
