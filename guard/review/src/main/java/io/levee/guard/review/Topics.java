package io.levee.guard.review;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.carrot2.clustering.Cluster;
import org.carrot2.clustering.Document;
import org.carrot2.clustering.lingo.LingoClusteringAlgorithm;
import org.carrot2.clustering.stc.STCClusteringAlgorithm;
import org.carrot2.language.LanguageComponents;

/**
 * What tickets are about: Carrot2's clusters, each language by itself, so that a label is in the language of its tickets. The
 * same tickets always give the same clusters. A ticket that is about two things is in two of them. Thread-safe.
 */
final class Topics {
    /** Lingo's labels are better, and its time grows with the square: 5,000 tickets take it 10 s, and STC 3 s. */
    private static final int LINGO_UP_TO = 1_000;

    /** A few months of all objectives. */
    private static final int REMEMBERED = 64;

    private static final int MOST = 12;

    private final LanguageComponents english;
    private final LanguageComponents chinese = ChineseWords.components();
    private final Map<List<Ticket>, List<Topic>> known = new LinkedHashMap<>();

    /**
     * Tickets that are about the same.
     *
     * @param label in their language
     * @param tickets in the order of time
     */
    record Topic(String label, List<Ticket> tickets) {}

    private record Text(Ticket ticket) implements Document {
        @Override
        public void visitFields(BiConsumer<String, String> fields) {
            fields.accept("text", ticket.text());
        }
    }

    Topics() {
        try {
            english = LanguageComponents.loader()
                    .limitToLanguages("English")
                    .load()
                    .language("English");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The largest first. */
    synchronized List<Topic> of(List<Ticket> tickets) {
        List<Topic> before = known.get(tickets);
        if (before != null) {
            return before;
        }
        List<Ticket> sorted = new ArrayList<>(tickets);
        sorted.sort(Comparator.comparing(Ticket::time).thenComparing(Ticket::id));
        List<Topic> topics = new ArrayList<>(
                cluster(sorted.stream().filter(Ticket::isChinese).toList(), chinese));
        topics.addAll(
                cluster(sorted.stream().filter(ticket -> !ticket.isChinese()).toList(), english));
        topics.sort(
                Comparator.comparing((Topic topic) -> -topic.tickets().size()).thenComparing(Topic::label));
        if (known.size() >= REMEMBERED) {
            known.remove(known.keySet().iterator().next());
        }
        known.put(List.copyOf(tickets), List.copyOf(topics));
        return topics;
    }

    /** Those that are in none of the topics. */
    static List<Ticket> others(List<Ticket> tickets, List<Topic> topics) {
        Set<Ticket> others = new LinkedHashSet<>(tickets);
        topics.forEach(topic -> topic.tickets().forEach(others::remove));
        return List.copyOf(others);
    }

    private static List<Topic> cluster(List<Ticket> tickets, LanguageComponents language) {
        // One ticket is no cluster, and Carrot2 takes none for a mistake.
        if (tickets.size() < 2) {
            return List.of();
        }
        List<Cluster<Text>> clusters;
        if (tickets.size() <= LINGO_UP_TO) {
            LingoClusteringAlgorithm lingo = new LingoClusteringAlgorithm();
            lingo.desiredClusterCount.set(MOST);
            clusters = lingo.cluster(tickets.stream().map(Text::new), language);
        } else {
            STCClusteringAlgorithm stc = new STCClusteringAlgorithm();
            stc.maxClusters.set(MOST);
            clusters = stc.cluster(tickets.stream().map(Text::new), language);
        }
        List<Topic> topics = new ArrayList<>();
        for (Cluster<Text> cluster : clusters) {
            List<Ticket> within = cluster.getDocuments().stream()
                    .map(Text::ticket)
                    .sorted(Comparator.comparing(Ticket::time).thenComparing(Ticket::id))
                    .toList();
            topics.add(new Topic(String.join(", ", cluster.getLabels()), within));
        }
        return topics;
    }
}
