import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A few lines over one axis, drawn as SVG; both axes are logarithmic. */
final class Chart {

    private static final int WIDTH = 420;
    private static final int HEIGHT = 260;
    private static final int LEFT = 60;
    private static final int BOTTOM = 40;
    private static final int TOP = 40;
    private static final int RIGHT = 50;
    private static final String[] COLOURS = {"#1f6feb", "#d1570a", "#2da44e"};

    private final String title;
    private final String xAxis;
    private final String yAxis;
    private final Map<String, TreeMap<Double, Double>> lines = new LinkedHashMap<>();

    Chart(String title, String xAxis, String yAxis) {
        this.title = title;
        this.xAxis = xAxis;
        this.yAxis = yAxis;
    }

    void add(String line, double x, double y) {
        lines.computeIfAbsent(line, name -> new TreeMap<>()).put(x, y);
    }

    static String svg(Chart... charts) {
        StringBuilder svg = new StringBuilder(String.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                WIDTH * charts.length, HEIGHT));
        for (int i = 0; i < charts.length; i++) {
            svg.append(String.format("<g transform=\"translate(%d 0)\">%n", i * WIDTH));
            charts[i].draw(svg);
            svg.append("</g>\n");
        }
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg) {
        double left = lines.values().stream().mapToDouble(TreeMap::firstKey).min().orElse(1);
        double right = lines.values().stream().mapToDouble(TreeMap::lastKey).max().orElse(10);
        double low = values().min().orElse(1) / 1.5;
        double high = values().max().orElse(10) * 1.5;
        text(svg, WIDTH / 2.0, 20, "middle", title);
        text(svg, (WIDTH + LEFT - RIGHT) / 2.0, HEIGHT - 6, "middle", xAxis);
        line(svg, "#888", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
        line(svg, "#888", LEFT, TOP, LEFT, HEIGHT - BOTTOM);
        for (double tick = Math.pow(10, Math.floor(Math.log10(low))); tick <= high; tick *= 10) {
            for (double each : new double[] {tick, tick * 2, tick * 5}) {
                if (each >= low && each <= high) {
                    double y = y(each, low, high);
                    line(svg, "#ddd", LEFT, y, WIDTH - RIGHT, y);
                    text(svg, LEFT - 6, y + 4, "end", number(each) + " " + yAxis);
                }
            }
        }
        lines.values().iterator().next().keySet().forEach(x -> text(svg, x(x, left, right), HEIGHT - BOTTOM + 16, "middle", number(x)));
        int colour = 0;
        for (Map.Entry<String, TreeMap<Double, Double>> entry : lines.entrySet()) {
            StringBuilder points = new StringBuilder();
            entry.getValue().forEach((x, y) ->
                    points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(x, left, right), y(y, low, high))));
            svg.append(String.format(
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n", points, COLOURS[colour]));
            text(svg, WIDTH - RIGHT + 6, y(entry.getValue().lastEntry().getValue(), low, high) + 4, "start", entry.getKey());
            colour++;
        }
    }

    private java.util.stream.DoubleStream values() {
        return lines.values().stream().flatMap(line -> line.values().stream()).mapToDouble(Double::doubleValue);
    }

    private static double x(double value, double left, double right) {
        double share = right > left ? Math.log(value / left) / Math.log(right / left) : 0;
        return LEFT + 15 + share * (WIDTH - LEFT - RIGHT - 30);
    }

    private static double y(double value, double low, double high) {
        return HEIGHT - BOTTOM - Math.log(value / low) / Math.log(high / low) * (HEIGHT - BOTTOM - TOP);
    }

    private static String number(double value) {
        return value >= 1 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.2g", value);
    }

    private static void line(StringBuilder svg, String colour, double x1, double y1, double x2, double y2) {
        svg.append(String.format(
                Locale.ROOT, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n", x1, y1, x2, y2, colour));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text));
    }
}
