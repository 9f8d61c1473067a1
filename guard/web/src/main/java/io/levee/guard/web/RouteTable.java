package io.levee.guard.web;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The routes as a tree of the parts of their paths. A literal part goes before one in braces, and that before a star. Filled by
 * one thread; afterwards any may look up.
 */
final class RouteTable implements Routes {
    private final Node root = new Node();
    private final List<String> names = new ArrayList<>();

    @Override
    public void add(String method, String path, @Nullable Role least, Handler handler) {
        put(method.toUpperCase(Locale.ROOT), path, new Route(path, least, handler, null));
    }

    @Override
    public void stream(String path, @Nullable Role least, StreamSource source) {
        put("GET", path, new Route(path, least, null, source));
    }

    /** Each as in {@code GET /healthz}, in the order in which they were added. */
    List<String> names() {
        return List.copyOf(names);
    }

    private void put(String method, String path, Route route) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("a path begins with a slash: " + path);
        }
        Node node = root;
        String[] parts = path.substring(1).split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (part.equals("*")) {
                if (i < parts.length - 1) {
                    throw new IllegalArgumentException("a star is a path's last part: " + path);
                }
                node = node.rest = node.rest == null ? new Node() : node.rest;
            } else if (part.startsWith("{") && part.endsWith("}")) {
                node = node.any = node.any == null ? new Node() : node.any;
                route.parts.add(part.substring(1, part.length() - 1));
            } else {
                node = node.literal.computeIfAbsent(part, p -> new Node());
            }
        }
        if (node.methods.putIfAbsent(method, route) != null) {
            throw new IllegalArgumentException("there is already a route " + method + " " + path);
        }
        names.add(method + " " + path);
    }

    /** Null if no path matches; {@link Found#route} is null if one does, but not with this method. */
    @Nullable
    Found find(String method, String path) {
        if (!path.startsWith("/")) {
            return null;
        }
        String[] parts = path.substring(1).split("/", -1);
        List<String> taken = new ArrayList<>();
        Node node = find(root, parts, 0, taken);
        if (node == null) {
            return null;
        }
        Route route = node.methods.get(method);
        if (route == null && method.equals("HEAD")) {
            route = node.methods.get("GET");
        }
        Map<String, String> values = new HashMap<>();
        if (route != null) {
            for (int i = 0; i < route.parts.size(); i++) {
                values.put(route.parts.get(i), taken.get(i));
            }
        }
        return new Found(route, values, node.allow());
    }

    private static @Nullable Node find(Node node, String[] parts, int at, List<String> taken) {
        if (at == parts.length) {
            return node.methods.isEmpty() ? null : node;
        }
        Node literal = node.literal.get(parts[at]);
        if (literal != null) {
            Node found = find(literal, parts, at + 1, taken);
            if (found != null) {
                return found;
            }
        }
        if (node.any != null && !parts[at].isEmpty()) {
            int before = taken.size();
            taken.add(parts[at]);
            Node found = find(node.any, parts, at + 1, taken);
            if (found != null) {
                return found;
            }
            taken.subList(before, taken.size()).clear();
        }
        return node.rest;
    }

    /** What was found for a path. */
    record Found(@Nullable Route route, Map<String, String> parts, String allow) {}

    /** One of {@code handler} and {@code source} is there. */
    record Route(
            String path,
            @Nullable Role least,
            @Nullable Handler handler,
            @Nullable StreamSource source,
            List<String> parts) {
        Route(String path, @Nullable Role least, @Nullable Handler handler, @Nullable StreamSource source) {
            this(path, least, handler, source, new ArrayList<>());
        }
    }

    private static final class Node {
        final Map<String, Node> literal = new LinkedHashMap<>();

        @Nullable
        Node any;

        @Nullable
        Node rest;

        final Map<String, Route> methods = new TreeMap<>();

        String allow() {
            List<String> all = new ArrayList<>(methods.keySet());
            if (methods.containsKey("GET") && !methods.containsKey("HEAD")) {
                all.add("HEAD");
            }
            if (!methods.containsKey("OPTIONS")) {
                all.add("OPTIONS");
            }
            return String.join(", ", all);
        }
    }
}
