package io.levee.lab.picture;

import java.util.Locale;
import java.util.function.DoubleFunction;

/** The figures under the pointer, as a script's own data. Numbers and nothing else, so nothing in it can be markup. */
final class StormData {
    private StormData() {}

    static String of(StormDrawing drawing) {
        StringBuilder data = new StringBuilder("{\"seconds\":").append(number(drawing.seconds));
        data.append(",\"panels\":").append(list(StormDrawing.PANELS, StormData::number));
        data.append(",\"width\":").append(number(StormDrawing.PANEL_WIDTH));
        data.append(",\"top\":").append(number(StormDrawing.TOP));
        data.append(",\"row\":").append(number(StormDrawing.ROW));
        data.append(",\"clients\":[");
        for (int i = 0; i < drawing.curves.size(); i++) {
            Curves curves = drawing.curves.get(i);
            data.append(i == 0 ? "{" : ",{")
                    .append("\"calls\":")
                    .append(list(curves.calls(), StormData::number))
                    .append(",\"attempts\":")
                    .append(list(curves.attempts(), StormData::number))
                    .append(",\"goodput\":")
                    .append(list(curves.goodput(), StormData::number))
                    .append(",\"p50\":")
                    .append(list(curves.p50(), StormData::number))
                    .append(",\"p99\":")
                    .append(list(curves.p99(), StormData::number))
                    .append('}');
        }
        return data.append("]}").toString();
    }

    private static String list(double[] values, DoubleFunction<String> shown) {
        StringBuilder list = new StringBuilder("[");
        for (int i = 0; i < values.length; i++) {
            list.append(i == 0 ? "" : ",").append(shown.apply(values[i]));
        }
        return list.append(']').toString();
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "null";
        }
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
