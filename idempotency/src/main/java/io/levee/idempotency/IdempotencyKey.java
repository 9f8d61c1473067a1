package io.levee.idempotency;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value of the Idempotency-Key header: an Item of RFC 9651 that is a String (section 3.3.3), in quotes. Parameters
 * behind it are read and mean nothing, as section 3.1.2 has it for unknown ones.
 */
final class IdempotencyKey {
    /** The draft sets no limit. Stripe's, which what is in use out there keeps to. */
    static final int MAX_LENGTH = 255;

    /** With quotes, escapes and parameters. */
    private static final int MAX_FIELD_LENGTH = 1024;

    private static final Pattern STRING =
            Pattern.compile("\"((?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\"\\\\])*+)\"");
    private static final Pattern ESCAPE = Pattern.compile("\\\\([\"\\\\])");
    private static final Pattern PARAMETERS = Pattern.compile("(?:; *+[a-z*][a-z0-9_.*-]*+(?:="
            + "(?:" + STRING.pattern() // String
            + "|[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*+" // Token
            + "|@?-?[0-9]{1,15}(?:\\.[0-9]{1,3})?+" // Integer, Decimal, Date
            + "|:[A-Za-z0-9+/=]*+:" // Byte Sequence
            + "|\\?[01]" // Boolean
            + "|%\"[\\x20\\x21\\x23-\\x7e]*+\"))?+)*+"); // Display String

    /** What people send who have not read the draft: a UUID, or anything else without spaces and separators. */
    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_.:~+/=-]+");

    /** Either a key, or what is wrong with it. */
    record Parsed(@Nullable String key, @Nullable String wrong) {
        static Parsed wrong(String what) {
            return new Parsed(null, what);
        }
    }

    private IdempotencyKey() {}

    /**
     * Reads the header.
     *
     * @param values of all header lines of that name; at least one
     * @param acceptBare whether a key without quotes will do
     */
    static Parsed parse(List<String> values, boolean acceptBare) {
        if (values.size() > 1) {
            return Parsed.wrong("The request has " + values.size() + " Idempotency-Key headers; send one.");
        }
        String value = values.get(0).strip();
        if (value.length() > MAX_FIELD_LENGTH) {
            return Parsed.wrong("The Idempotency-Key header has " + value.length()
                    + " characters; a key may have up to " + MAX_LENGTH + ".");
        }
        Matcher string = STRING.matcher(value);
        String key;
        if (string.lookingAt()
                && PARAMETERS.matcher(value.substring(string.end())).matches()) {
            key = ESCAPE.matcher(string.group(1)).replaceAll("$1");
        } else if (acceptBare && BARE.matcher(value).matches()) {
            key = value;
        } else {
            return Parsed.wrong(
                    "The Idempotency-Key header must be a string in double quotes (RFC 9651, section 3.3.3),"
                            + " for example \"8e03978e-40d5-43e8-bc93-6894a57f9324\" with the quotes.");
        }
        if (key.isEmpty()) {
            return Parsed.wrong("The idempotency key is empty; send a random one, a UUID for example.");
        }
        return key.length() > MAX_LENGTH
                ? Parsed.wrong("The idempotency key has " + key.length() + " characters; up to " + MAX_LENGTH
                        + " are allowed.")
                : new Parsed(key, null);
    }
}
