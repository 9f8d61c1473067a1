package io.levee.story;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one process of the play is told on its command line, as {@code name=value}. */
final class Options {
    private final Map<String, String> values = new HashMap<>();

    Options(List<String> arguments) {
        for (String argument : arguments) {
            int at = argument.indexOf('=');
            if (at < 1) {
                throw new IllegalArgumentException("'" + argument + "' is not of the form name=value");
            }
            values.put(argument.substring(0, at), argument.substring(at + 1));
        }
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + "=... is missing");
        }
        return value;
    }

    @Nullable
    String optional(String name) {
        return values.get(name);
    }

    int number(String name) {
        return Integer.parseInt(text(name));
    }

    URI uri(String name) {
        return URI.create(text(name));
    }

    boolean isOn(String name) {
        return Boolean.parseBoolean(values.get(name));
    }

    Tracing tracing() {
        return new Tracing(uri("collector"), text("service"), text("release"), optional("side"));
    }
}
