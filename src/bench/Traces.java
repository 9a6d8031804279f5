import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import com.sun.net.httpserver.HttpServer;

/**
 * What the OpenTelemetry agent costs: the jar without it, with the settings of docs/operations.md, and with all that it
 * instruments by default. All three run at once, and only one of them has load at a time, in turns.
 */
final class Traces {

    private record Variant(String name, List<String> command, int port) {}

    public static void main(String[] args) throws Exception {
        String agent = args[0];
        int rounds = Integer.parseInt(args[1]);
        int seconds = Integer.parseInt(args[2]);
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        List<String> documented = documented("http://localhost:" + collector.getAddress().getPort());
        List<String> everything = documented.stream()
                .filter(variable -> !variable.startsWith("OTEL_INSTRUMENTATION_"))
                .toList();
        List<Variant> variants = List.of(
                new Variant("without the agent", Service.JVM, 8000),
                new Variant("with the settings above", traced(agent, documented), 8010),
                new Variant("with all its instrumentations", traced(agent, everything), 8020));
        String token = Service.firstLogin(Service.JVM);
        double[] starts = new double[variants.size()];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = Service.startMillis(variants.get(i).command(), token, 5);
        }
        Tokens.insert(0, 1000, 0);
        String checks = Load.get("/v4/auth-tokens/verify/", Tokens.range(0, 1000));
        List<Service> services = new ArrayList<>();
        try {
            for (Variant variant : variants) {
                services.add(Service.start(variant.command(), variant.port(), Map.of()).awaitOk(token));
                Load.warm(variant.port(), checks);
            }
            double[][] rates = new double[variants.size()][rounds];
            double[][] costs = new double[variants.size()][rounds];
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < rates.length; i++) {
                    Cost cost = Cost.of(services.get(i), Load.IN_FLIGHT, seconds, checks);
                    rates[i][round] = cost.rate();
                    costs[i][round] = cost.service();
                }
            }
            System.out.println("| | start to first 200 | cached checks per second | ratio | processor time of each | memory |");
            System.out.println("| --- | --- | --- | --- | --- | --- |");
            for (int i = 0; i < rates.length; i++) {
                double[] ratios = new double[rounds];
                for (int round = 0; round < rounds; round++) {
                    ratios[round] = rates[i][round] / rates[0][round];
                }
                System.out.printf(
                        "| %s | %.1f s | %,.0f | %.2f | %.1f µs | %.0f MiB |%n",
                        variants.get(i).name(),
                        starts[i] / 1000,
                        Benchmark.median(rates[i]),
                        Benchmark.median(ratios),
                        Benchmark.median(costs[i]),
                        services.get(i).residentMebibytes());
            }
        } finally {
            for (Service service : services) {
                service.close();
            }
            collector.stop(0);
        }
    }

    /** {@code env} sets the variables and becomes the service. */
    private static List<String> traced(String agent, List<String> variables) {
        List<String> command = new ArrayList<>(List.of("env"));
        command.addAll(variables);
        command.addAll(Service.jvm(Service.JAR, List.of("-javaagent:" + agent)));
        return command;
    }

    /** The variables of the operations guide, with another endpoint and without the path of the agent. */
    private static List<String> documented(String endpoint) throws Exception {
        Matcher block = Pattern.compile("<!-- traces -->\n```sh\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/operations.md")));
        if (!block.find()) {
            throw new IllegalStateException("docs/operations.md has no settings of the agent");
        }
        List<String> variables = new ArrayList<>(block.group(1).lines().toList());
        variables.removeIf(variable -> variable.startsWith("JAVA_TOOL_OPTIONS="));
        variables.replaceAll(variable ->
                variable.startsWith("OTEL_EXPORTER_OTLP_ENDPOINT=") ? "OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint : variable);
        return variables;
    }
}
