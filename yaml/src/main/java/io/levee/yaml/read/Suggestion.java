package io.levee.yaml.read;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Guesses what somebody meant who wrote a name that does not exist. */
public final class Suggestion {
    private static final int MOST_SHOWN = 50;

    private Suggestion() {}

    /** {@code ; did you mean 'x'?} or, with no name near enough, {@code ; known: a, b, c}. */
    public static String wayOut(String written, Collection<String> known) {
        String near = nearest(written, known);
        return near == null ? "; known: " + known(known) : "; did you mean " + Shown.quoted(near) + "?";
    }

    private static String known(Collection<String> known) {
        String shown = known.stream().limit(MOST_SHOWN).map(Shown::plain).collect(Collectors.joining(", "));
        return known.size() > MOST_SHOWN ? shown + ", ..." : shown;
    }

    private static @Nullable String nearest(String written, Collection<String> known) {
        String best = null;
        // A third of the letters may be wrong: more is another word.
        int bestDistance = Math.max(1, Math.min(written.length(), 60) / 3) + 1;
        for (String candidate : known) {
            int distance = distance(plain(written), plain(candidate));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /** retry-budget, retry_budget and RetryBudget are all retryBudget to somebody. */
    private static String plain(String name) {
        String text = name.length() > 60 ? name.substring(0, 60) : name;
        return text.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(diagonal + change, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
