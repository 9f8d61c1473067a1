package io.levee.guard.review;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.cn.smart.HMMChineseTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.carrot2.language.LabelFilter;
import org.carrot2.language.LanguageComponents;
import org.carrot2.language.Stemmer;
import org.carrot2.language.StopwordFilter;
import org.carrot2.language.Tokenizer;
import org.carrot2.text.preprocessing.LabelFormatter;
import org.carrot2.util.MutableCharArray;
import org.jspecify.annotations.Nullable;

/**
 * Cuts Chinese into words for Carrot2, by Lucene's hidden Markov model of simplified Chinese. Carrot2's own components for
 * Chinese are not on Maven Central in the releases that run on Java 17.
 */
final class ChineseWords implements Tokenizer {
    private @Nullable HMMChineseTokenizer words;
    private @Nullable CharTermAttribute word;

    static LanguageComponents components() {
        Set<String> stopWords = stopWords();
        StopwordFilter meaning = each -> !stopWords.contains(each.toString());
        LabelFilter label = each -> each.length() > 1;
        Stemmer none = each -> null;
        LabelFormatter formatter = ChineseWords::label;
        Map<Class<?>, Supplier<?>> parts = new HashMap<>();
        parts.put(Tokenizer.class, ChineseWords::new);
        parts.put(Stemmer.class, () -> none);
        parts.put(StopwordFilter.class, () -> meaning);
        parts.put(LabelFilter.class, () -> label);
        parts.put(LabelFormatter.class, () -> formatter);
        return new LanguageComponents("Chinese", parts);
    }

    private static Set<String> stopWords() {
        try (InputStream in = Objects.requireNonNull(
                        ChineseWords.class.getResourceAsStream("chinese-stop-words.txt"),
                        "the stop words are missing");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines().collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Chinese has no blanks between words; names in Latin letters have. */
    private static String label(char[][] words, boolean[] isStopWord) {
        StringBuilder label = new StringBuilder();
        for (char[] each : words) {
            if (label.length() > 0 && each.length > 0 && label.charAt(label.length() - 1) < 0x80 && each[0] < 0x80) {
                label.append(' ');
            }
            label.append(each);
        }
        return label.toString();
    }

    @Override
    public void reset(Reader reader) throws IOException {
        // Lucene's tokenizer can be used again only after end and close, which Carrot2 does not tell of.
        HMMChineseTokenizer fresh = new HMMChineseTokenizer();
        word = fresh.addAttribute(CharTermAttribute.class);
        fresh.setReader(reader);
        fresh.reset();
        words = fresh;
    }

    @Override
    public short nextToken() throws IOException {
        HMMChineseTokenizer from = words;
        if (from == null || !from.incrementToken()) {
            return TT_EOF;
        }
        String text = String.valueOf(word);
        if (text.codePoints().allMatch(Character::isDigit)) {
            return TT_NUMERIC;
        }
        boolean punctuation = text.codePoints().noneMatch(Character::isLetterOrDigit);
        return (short) (punctuation ? TT_PUNCTUATION | TF_SEPARATOR_SENTENCE : TT_TERM);
    }

    @Override
    public void setTermBuffer(MutableCharArray buffer) {
        buffer.reset(String.valueOf(word).toCharArray());
    }
}
