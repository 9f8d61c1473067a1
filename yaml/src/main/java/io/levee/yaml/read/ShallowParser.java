package io.levee.yaml.read;

import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.parser.Parser;

/**
 * Refuses what is nested deeper than any file of ours is. The composer behind it calls itself for each level, and has
 * no limit of its own: ten thousand brackets would be a StackOverflowError.
 */
final class ShallowParser implements Parser {
    /** A policy file needs 6, an SLO document 10. */
    private static final int MAX_DEPTH = 50;

    private final Parser parser;
    private int depth;

    ShallowParser(Parser parser) {
        this.parser = parser;
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
        return parser.checkEvent(choice);
    }

    @Override
    public Event peekEvent() {
        return parser.peekEvent();
    }

    @Override
    public Event next() {
        Event event = parser.next();
        switch (event.getEventId()) {
            case MappingStart, SequenceStart -> depth++;
            case MappingEnd, SequenceEnd -> depth--;
            default -> {}
        }
        if (depth > MAX_DEPTH) {
            throw new ParserException(
                    "nested deeper than " + MAX_DEPTH + " levels; no file that this reads needs 12",
                    event.getStartMark());
        }
        return event;
    }

    @Override
    public boolean hasNext() {
        return parser.hasNext();
    }
}
