import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What one run measured: a table for people, JSON for programs. A budget that is missed is a row that says so. What is
 * beyond the limit of its row as well is no noise of the machine, and the command fails.
 */
final class Report {

    /** @param beside what it is compared with, of the same run; not a number when there is nothing */
    record Row(String name, double value, String unit, double beside, double ratio, String budget, Boolean met) {}

    private final List<Row> rows = new ArrayList<>();
    private final List<String> gross = new ArrayList<>();

    void value(String name, double value, String unit) {
        add(new Row(name, value, unit, Double.NaN, Double.NaN, "", null));
    }

    void compared(String name, double value, String unit, double beside) {
        add(new Row(name, value, unit, beside, value / beside, "", null));
    }

    /** @param gross a smaller ratio fails the run */
    void atLeast(String name, double value, String unit, double beside, double budget, double gross) {
        double ratio = value / beside;
        fail(name, !(ratio >= gross));
        add(new Row(name, value, unit, beside, ratio, text("at least %.2f", budget), ratio >= budget));
    }

    /** @param gross a larger ratio fails the run */
    void ratioAtMost(String name, double value, String unit, double beside, double budget, double gross) {
        double ratio = value / beside;
        fail(name, !(ratio <= gross));
        add(new Row(name, value, unit, beside, ratio, text("at most %.1f", budget), ratio <= budget));
    }

    /** @param gross a larger value fails the run */
    void atMost(String name, double value, String unit, double budget, double gross) {
        fail(name, !(value <= gross));
        add(new Row(name, value, unit, Double.NaN, Double.NaN, "under " + number(budget) + " " + unit, value < budget));
    }

    private void fail(String name, boolean far) {
        if (far) {
            gross.add(name);
        }
    }

    private void add(Row row) {
        rows.add(row);
        System.err.println(line(row));
    }

    List<String> gross() {
        return gross;
    }

    String table() {
        return rows.stream()
                .map(Report::line)
                .collect(Collectors.joining(
                        "\n", "| | value | beside it | ratio | budget | met |\n| --- | --- | --- | --- | --- | --- |\n", "\n"));
    }

    void writeJson(Path file) throws IOException {
        Files.writeString(
                file,
                rows.stream()
                        .map(row -> text(
                                "  {\"name\": \"%s\", \"value\": %s, \"unit\": \"%s\", \"beside\": %s, \"ratio\": %s,"
                                        + " \"budget\": \"%s\", \"met\": %s}",
                                row.name(), json(row.value()), row.unit(), json(row.beside()), json(row.ratio()),
                                row.budget(), row.met()))
                        .collect(Collectors.joining(",\n", "[\n", "\n]\n")));
    }

    private static String line(Row row) {
        return text(
                "| %s | %s %s | %s | %s | %s | %s |",
                row.name(),
                number(row.value()),
                row.unit(),
                Double.isNaN(row.beside()) ? "" : number(row.beside()) + " " + row.unit(),
                Double.isNaN(row.ratio()) ? "" : text("%.2f", row.ratio()),
                row.budget(),
                row.met() == null ? "" : row.met() ? "yes" : "missed");
    }

    private static String number(double value) {
        return text(value < 10 && value != Math.rint(value) ? "%.1f" : "%,.0f", value);
    }

    private static String json(double value) {
        return Double.isNaN(value) ? "null" : text("%.4f", value);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
