package io.levee.story;

import io.opentelemetry.proto.trace.v1.Status;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A trace as a page: a line for each span, with a bar for its time. */
final class TracePage {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int WIDTH = 600;
    private static final int HEIGHT = 14;

    private TracePage() {}

    static String html(String id, List<Traces.Told> told) {
        StringBuilder page = new StringBuilder(
                        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Trace ")
                .append(escaped(id))
                .append("</title><meta name=\"viewport\" content=\"width=device-width\"><style>")
                .append("body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color-scheme:light dark}")
                .append("td,th{text-align:left;padding:.15rem .8rem .15rem 0;white-space:nowrap}")
                .append(
                        "rect{fill:#3b7dd8}.bad rect{fill:#c8372d}.bad td{color:#c8372d}</style></head><body><h1>Trace</h1><p>")
                .append(escaped(id))
                .append("</p>");
        if (told.isEmpty()) {
            return page.append("<p>No span of this trace is kept any more, or none has come yet.</p></body></html>")
                    .toString();
        }
        Map<String, Integer> depths = depths(told);
        long begin = told.stream()
                .mapToLong(each -> each.span().getStartTimeUnixNano())
                .min()
                .orElse(0);
        long end = told.stream()
                .mapToLong(each -> each.span().getEndTimeUnixNano())
                .max()
                .orElse(0);
        double scale = WIDTH / Math.max(1.0, (double) (end - begin));
        page.append("<table><tr><th>what</th><th>who</th><th>ms</th><th>when</th><th>ended with</th></tr>");
        told.stream()
                .sorted(Comparator.comparingLong(each -> each.span().getStartTimeUnixNano()))
                .forEach(each -> row(page, each, depths, begin, scale));
        return page.append("</table></body></html>").toString();
    }

    private static void row(
            StringBuilder page, Traces.Told told, Map<String, Integer> depths, long begin, double scale) {
        var span = told.span();
        boolean bad = span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR;
        long took = span.getEndTimeUnixNano() - span.getStartTimeUnixNano();
        int depth = depths.getOrDefault(span.getSpanId().toStringUtf8(), 0);
        page.append(bad ? "<tr class=\"bad\"><td>" : "<tr><td>")
                .append("&nbsp;&nbsp;".repeat(depth))
                .append(escaped(span.getName()))
                .append("</td><td>")
                .append(escaped(told.service()))
                .append("</td><td>")
                .append(String.format(Locale.ROOT, "%.1f", took / NANOS_PER_MILLI))
                .append("</td><td><svg role=\"img\" aria-label=\"bar\" width=\"")
                .append(WIDTH)
                .append("\" height=\"")
                .append(HEIGHT)
                .append("\"><rect x=\"")
                .append(Math.round((span.getStartTimeUnixNano() - begin) * scale))
                .append("\" y=\"2\" height=\"10\" width=\"")
                .append(Math.max(1, Math.round(took * scale)))
                .append("\"/></svg></td><td>")
                .append(escaped(bad ? ended(told) : ""))
                .append("</td></tr>");
    }

    private static String ended(Traces.Told told) {
        String message = told.span().getStatus().getMessage();
        return message.isEmpty() ? Traces.attribute(told.span().getAttributesList(), "error.type") : message;
    }

    private static Map<String, Integer> depths(List<Traces.Told> told) {
        Map<String, String> parents = new HashMap<>();
        told.forEach(each -> parents.put(
                each.span().getSpanId().toStringUtf8(),
                each.span().getParentSpanId().toStringUtf8()));
        Map<String, Integer> depths = new HashMap<>();
        parents.keySet().forEach(span -> {
            int depth = 0;
            for (String at = parents.get(span);
                    parents.containsKey(at) && depth < parents.size();
                    at = parents.get(at)) {
                depth++;
            }
            depths.put(span, depth);
        });
        return depths;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
