package io.levee.guard.actions;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a rule does when it fires. Immutable. */
sealed interface Effect {
    /** What the record calls it. */
    String type();

    /** What it is aimed at: a signal's name, a URL, a command. */
    String target();

    /** As a phrase. */
    String text();

    /**
     * A value that the library reads at once.
     *
     * @param name what the library asks for
     * @param kind how the value is to be understood: fallback, breaker, limit or weights
     * @param value true, open or closed, a share, or a weight for each target
     */
    record Signal(String name, String kind, Object value) implements Effect {
        static final String TYPE = "signal";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String target() {
            return name;
        }

        @Override
        public String text() {
            String shown = value instanceof Map<?, ?> weights
                    ? weights.entrySet().stream()
                            .map(entry -> entry.getKey() + " " + entry.getValue())
                            .collect(Collectors.joining(", "))
                    : value.toString();
            return "signal " + name + ": " + kind + " " + shown;
        }
    }

    /**
     * A POST.
     *
     * @param url where to
     * @param secretVariable the environment variable with the secret to sign with; null to send it unsigned
     * @param tokenVariable the environment variable with the bearer token; null for none
     * @param timeout of one attempt
     * @param attempts how many, at most
     * @param undo where the end is told; null if nowhere
     */
    record Webhook(
            URI url,
            @Nullable String secretVariable,
            @Nullable String tokenVariable,
            Duration timeout,
            int attempts,
            @Nullable URI undo)
            implements Effect {
        static final String TYPE = "webhook";

        /** The longest wait between two attempts. */
        static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

        /** How long all attempts and waits may take together. */
        Duration longest() {
            return timeout.plus(LONGEST_WAIT).multipliedBy(attempts);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String target() {
            return url.toString();
        }

        @Override
        public String text() {
            return "webhook " + url;
        }
    }

    /**
     * A program.
     *
     * @param run the program and its arguments, as they are; no shell reads them
     * @param pass environment variables of the guard's that it gets
     * @param timeout after which it is killed
     * @param undo the program that undoes it; empty for none
     */
    record Command(List<String> run, List<String> pass, Duration timeout, List<String> undo) implements Effect {
        static final String TYPE = "command";

        /** Copies the lists. */
        public Command {
            run = List.copyOf(run);
            pass = List.copyOf(pass);
            undo = List.copyOf(undo);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String target() {
            return String.join(" ", run);
        }

        @Override
        public String text() {
            return "command " + target();
        }
    }

    /**
     * A sentence for people.
     *
     * @param template with the figures' names in braces
     */
    record Advice(Template template) implements Effect {
        static final String TYPE = "advice";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String target() {
            return "";
        }

        @Override
        public String text() {
            return "advice: " + template.text();
        }
    }
}
