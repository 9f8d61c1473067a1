package io.levee.slf4j;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Hides what looks like a secret. The patterns have no nested repetition, so the time they take grows with the text and no
 * faster.
 */
final class Redaction {
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

    Redaction(List<Pattern> own) {
        this.own = List.copyOf(own);
    }

    String of(String text) {
        String shown = text;
        for (Rule rule : KNOWN) {
            shown = rule.pattern().matcher(shown).replaceAll(rule.replacement());
        }
        for (Pattern pattern : own) {
            shown = pattern.matcher(shown).replaceAll(HIDDEN);
        }
        return shown;
    }
}
