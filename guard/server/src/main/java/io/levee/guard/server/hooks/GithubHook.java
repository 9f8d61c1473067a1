package io.levee.guard.server.hooks;

import io.levee.guard.server.gate.Asked;
import io.levee.guard.server.gate.GateService;
import io.levee.guard.server.gate.Told;
import io.levee.guard.server.github.GithubSettings;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.store.Ledger;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Input;
import io.levee.guard.web.Request;
import io.levee.guard.web.Routes;
import io.levee.guard.web.WebException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * GitHub's deployment protection rule. GitHub is answered at once, and told of the verdict at the address that it gave: approved
 * for a pass, rejected for an abort; it waits for anything else, and the gate is asked again every 30 seconds. What waits is on
 * the record, so a restart forgets nothing.
 */
public final class GithubHook {
    /** Where it is. */
    public static final String PATH = "/gate/github";

    private static final String KIND = "gate.github";
    private static final Duration PAUSE = Duration.ofSeconds(30);
    /** GitHub itself gives up after that. */
    private static final Duration LONGEST = Duration.ofDays(30);

    private static final int MOST_ENTRIES = 10_000;

    private final GateService gate;
    private final Ledger ledger;
    private final GithubSettings settings;
    private final GithubCallback callback;
    private final Set<String> calling = ConcurrentHashMap.newKeySet();
    private Instant next = Instant.EPOCH;

    /**
     * A hook.
     *
     * @param gate who decides
     * @param ledger the record
     * @param clock wall time
     * @param settings whom to trust
     */
    public GithubHook(GateService gate, Ledger ledger, InstantSource clock, GithubSettings settings) {
        this.gate = gate;
        this.ledger = ledger;
        this.settings = settings;
        callback = new GithubCallback(settings, clock);
    }

    /**
     * Adds the route.
     *
     * @param routes where to
     */
    public void addTo(Routes routes) {
        routes.add("POST", PATH, null, this::take);
    }

    private Answer take(Request request) {
        if (!isSigned(request.body(), request.header("X-Hub-Signature-256"))) {
            throw new WebException(
                    401, "X-Hub-Signature-256 is missing or wrong; is the App's webhook secret the guard's?");
        }
        String event = request.header("X-GitHub-Event");
        if (!"deployment_protection_rule".equals(event)) {
            return Answer.json(Map.of("ignored", String.valueOf(event)));
        }
        Input input = Input.of(request);
        if (!"requested".equals(input.textOrNull("action"))) {
            return Answer.json(Map.of("ignored", String.valueOf(input.textOrNull("action"))));
        }
        URI to = settings.allowed(input.text("deployment_callback_url"));
        String repository = input.object("repository").text("full_name");
        Input deployment = input.object("deployment");
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("state", "pending");
        data.put("callback", to.toString());
        data.put("environment", input.text("environment"));
        data.put("repository", repository);
        data.put("release", deployment.text(settings.releaseIsRef() ? "ref" : "sha"));
        data.put(
                "installation",
                input.has("installation") ? input.object("installation").wholeOrNull("id") : null);
        String slo = settings.slo(repository);
        ledger.append(KIND, slo, "github", data);
        next = Instant.EPOCH;
        return Answer.json(Map.of("state", "pending"));
    }

    private boolean isSigned(byte[] body, @Nullable String signature) {
        if (signature == null || !signature.startsWith("sha256=")) {
            return false;
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(settings.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            String wanted = HexFormat.of().formatHex(mac.doFinal(body));
            return MessageDigest.isEqual(
                    wanted.getBytes(StandardCharsets.US_ASCII),
                    signature.substring(7).getBytes(StandardCharsets.US_ASCII));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    /**
     * Asks the gate about what waits. On the leading guard's thread.
     *
     * @param now the present
     */
    public void tick(Instant now) {
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(PAUSE);
        Map<String, Ledger.Entry> newest = new LinkedHashMap<>();
        for (Ledger.Entry entry : ledger.read(Ledger.Query.of(KIND).most(MOST_ENTRIES))) {
            newest.putIfAbsent(String.valueOf(entry.data().get("callback")), entry);
        }
        for (Ledger.Entry entry : newest.values()) {
            if ("pending".equals(entry.data().get("state")) && entry.at().isAfter(now.minus(LONGEST))) {
                decide(entry);
            }
        }
    }

    private void decide(Ledger.Entry pending) {
        Map<String, @Nullable Object> data = pending.data();
        String slo = String.valueOf(pending.slo());
        String state;
        String comment;
        try {
            Environment environment = Asked.environment(String.valueOf(data.get("environment")));
            Told told = gate.check(
                    new Asked(slo, environment, String.valueOf(data.get("release")), null, null, "github", "github"));
            state = switch (told.answer()) {
                case PASS -> "approved";
                case ABORT -> "rejected";
                case PAUSE, REPORT, HOLD -> "pending";
            };
            comment = told.answer() + ": " + told.reason();
        } catch (WebException e) {
            // An environment or objective that the gate does not know stays unknown: waiting would not mend it.
            state = "rejected";
            comment = "the gate cannot decide: " + e.getMessage();
        }
        String to = String.valueOf(data.get("callback"));
        if (state.equals("pending") || !calling.add(to)) {
            return;
        }
        Map<String, @Nullable Object> done = new LinkedHashMap<>(data);
        done.put("state", state);
        done.put("comment", comment);
        callback.send(
                URI.create(to),
                data.get("installation") instanceof Number id ? id.longValue() : null,
                Map.of("environment_name", String.valueOf(data.get("environment")), "state", state, "comment", comment),
                delivered -> {
                    calling.remove(to);
                    if (delivered) {
                        ledger.append(KIND, slo, "guard", done);
                    }
                });
    }

    /**
     * Callbacks that are not through.
     *
     * @return their addresses
     */
    List<String> calling() {
        return List.copyOf(calling);
    }
}
