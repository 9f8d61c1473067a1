package io.levee.redaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Hides what looks like a secret: credentials in URLs, {@code Authorization} and cookie headers, values whose name says
 * password, secret, token, key and the like, bearer and basic credentials, JSON Web Tokens, AWS access keys, PEM private keys.
 *
 * <pre>{@code
 * Redaction.known().of("GET https://bob:hunter2@db/?token=abc");   // GET https://REDACTED@db/?token=REDACTED
 * }</pre>
 *
 * <p>A secret that looks like none of these is not found; {@link #and(Pattern)} adds what is one's own. The patterns have no
 * nested repetition, so the time they take grows with the text and no faster. Immutable and thread-safe.
 */
public final class Redaction {
    private static final Redaction STANDARD = new Redaction(List.of());
    private static final String HIDDEN = "REDACTED";
    private static final String VALUE = "(?:\"[^\"\\r\\n]{1,4096}\"|'[^'\\r\\n]{1,4096}'|[^\\s&,;\"'}\\])>]{1,4096})";

    /** Names of fields, headers and parameters whose values are secrets, whatever is around the word. */
    private static final String NAMES = "(?:password|passwd|pwd|passphrase|secret|token|api[-_]?key|access[-_]?key|"
            + "private[-_]?key|signature|credential|session[-_]?id|jsessionid|otp|auth|assertion)";

    private record Rule(Pattern pattern, String replacement) {
        static Rule keeping(String regex) {
            return new Rule(Pattern.compile("(?i)" + regex), "$1" + HIDDEN);
        }

        static Rule whole(String regex) {
            return new Rule(Pattern.compile(regex), HIDDEN);
        }
    }

    private static final List<Rule> KNOWN = List.of(
            // Headers whose whole value is a secret, to the end of the line.
            Rule.keeping("(\\b(?:proxy-)?authorization\\b[\"']?\\s{0,3}[:=]\\s{0,3})[^\\r\\n]{1,4096}"),
            Rule.keeping("(\\b(?:set-)?cookie\\b[\"']?\\s{0,3}[:=]\\s{0,3})[^\\r\\n]{1,4096}"),
            // scheme://user:password@host
            Rule.keeping("(://)[^\\s/@?#\"'<>]{1,512}(?=@)"),
            // name=value, name: value, "name":"value"; a name may go on in front and behind.
            Rule.keeping("([\\w-]{0,40}" + NAMES + "[\\w-]{0,40}[\"']?\\s{0,3}[:=]\\s{0,3})" + VALUE),
            Rule.keeping("([?&](?:sig|key|code|state|jwt|sid)=)[^\\s&#\"'<>]{1,4096}"),
            Rule.keeping("(\\b(?:bearer|basic|digest|negotiate)\\s{1,3})[\\w+/=.~-]{6,4096}"),
            // A JSON Web Token, an access key of AWS, a key in PEM.
            Rule.whole("\\beyJ[\\w-]{5,4096}\\.[\\w-]{2,4096}\\.[\\w-]{0,4096}"),
            Rule.whole("\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b"),
            Rule.whole(
                    "-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{0,8192}(?:-----END [A-Z ]{0,20}PRIVATE KEY-----)?"));

    private final List<Pattern> own;

    private Redaction(List<Pattern> own) {
        this.own = List.copyOf(own);
    }

    /**
     * Hides what is known to look like a secret.
     *
     * @return the same at each call
     */
    public static Redaction known() {
        return STANDARD;
    }

    /**
     * Hides something else besides.
     *
     * @param secret each match is replaced by {@code REDACTED}
     * @return a changed copy
     */
    public Redaction and(Pattern secret) {
        List<Pattern> more = new ArrayList<>(own);
        more.add(Objects.requireNonNull(secret, "secret"));
        return new Redaction(more);
    }

    /**
     * A text without its secrets.
     *
     * @param text any text, of any number of lines
     * @return the text with {@code REDACTED} in the place of each secret; what says that it is one (a name, a scheme) stays
     */
    public String of(String text) {
        String shown = text;
        for (Rule rule : KNOWN) {
            shown = rule.pattern().matcher(shown).replaceAll(rule.replacement());
        }
        for (Pattern pattern : own) {
            shown = pattern.matcher(shown).replaceAll(HIDDEN);
        }
        return shown;
    }

    /**
     * A throwable without the secrets of its messages: every frame of every cause and suppressed one, where
     * {@link Throwable#printStackTrace()} cuts what a cause has in common with what it caused.
     *
     * @param thrown any throwable; where its causes go in a circle, each is shown once
     * @return its stack, a line for each frame
     */
    public String stackOf(Throwable thrown) {
        return Stacks.whole(thrown, this);
    }
}
