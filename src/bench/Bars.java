import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What tells the peers apart, as bars: an SVG that follows the reader's light or dark colours. */
final class Bars {

    private static final int WIDTH = 440;
    private static final int LABEL = 130;
    private static final int BAR = 190;
    private static final int LINE = 22;
    private static final int HEAD = 34;

    private Bars() {}

    static String svg(Map<Peer, Map<String, Object>> columns) {
        int height = HEAD + LINE * columns.size() + 14;
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
                <style>
                rect.page { fill: #ffffff } text { fill: #1f2328 } rect.own { fill: #1f6feb } rect.peer { fill: #afb8c1 }
                @media (prefers-color-scheme: dark) {
                rect.page { fill: #0d1117 } text { fill: #e6edf3 } rect.own { fill: #58a6ff } rect.peer { fill: #57606a }
                }
                </style>
                <rect class="page" width="100%%" height="100%%"/>
                """, 2 * WIDTH, 2 * height));
        panel(svg, 0, 0, "Token checks per second (more is better)", Peers.CHECK, columns);
        panel(svg, WIDTH, 0, "Logout until a second instance refuses, ms (less is better)", Peers.REFUSED, columns);
        panel(svg, 0, height, "Memory after the load, MiB (less is better)", Peers.LOADED, columns);
        panel(svg, WIDTH, height, "Start to the first valid check, ms (less is better)", Peers.START, columns);
        return svg.append("</svg>\n").toString();
    }

    private static void panel(
            StringBuilder svg, int x, int y, String title, String row, Map<Peer, Map<String, Object>> columns) {
        List<Double> values = columns.values().stream()
                .map(column -> column.get(row) instanceof Double value ? value : null)
                .toList();
        double most = values.stream().filter(Objects::nonNull).mapToDouble(value -> value).max().orElse(1);
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>%n", x + 12, y + 22, title));
        int i = 0;
        for (Peer peer : columns.keySet()) {
            Double value = values.get(i);
            int top = y + HEAD + LINE * i++;
            double width = value == null ? 0 : Math.max(1, BAR * value / most);
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                            + "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"14\"/>"
                            + "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
                    x + LABEL, top + 12, peer.name(),
                    peer instanceof AuthTokens ? "own" : "peer", x + LABEL + 8, top, width,
                    x + LABEL + 14 + width, top + 12,
                    value == null ? "–" : String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value)));
        }
    }
}
