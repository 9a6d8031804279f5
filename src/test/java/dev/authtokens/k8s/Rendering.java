package dev.authtokens.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.authtokens.harness.Temporary;
import dev.authtokens.harness.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The objects that {@code kubectl kustomize} makes of a base or an overlay and some components. */
record Rendering(String name, List<JsonNode> objects) {

    static final Path K8S = Path.of("k8s");
    private static final Path OPERATIONS = Path.of("docs/operations.md");

    static final List<String> WITH_DEPLOYMENT = List.of("base", "overlays/evaluation", "overlays/production");

    static final List<String> COMPONENTS = children("components");
    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Map<String, Rendering> KNOWN = new ConcurrentHashMap<>();

    /** A workload and the pods that it makes. */
    record Workload(JsonNode object, JsonNode template) {

        JsonNode pod() {
            return template.path("spec");
        }

        Map<String, String> labels() {
            return strings(template.at("/metadata/labels"));
        }

        List<JsonNode> containers() {
            return Stream.concat(list(pod().path("initContainers")), list(pod().path("containers")))
                    .toList();
        }

        /** Whether it runs the service, and not a part beside it. */
        boolean isTheService() {
            return containers().stream()
                    .anyMatch(container -> container.path("image").asText().matches("(.*/)?auth-tokens[:@].*")
                            && container.path("args").isMissingNode());
        }
    }

    /** Every overlay; what has the Deployment with each component, and with all of them in two orders. */
    static List<Rendering> all() {
        List<Rendering> all = new ArrayList<>();
        all.add(of("base"));
        children("overlays").forEach(overlay -> all.add(of("overlays/" + overlay)));
        for (String start : WITH_DEPLOYMENT) {
            COMPONENTS.forEach(component -> all.add(withNeeds(start, component)));
            all.add(withAll(start));
            all.add(withAllReversed(start));
        }
        // The others are for the Deployment.
        all.add(of("overlays/knative", "pgbouncer"));
        all.add(ofRecovery());
        return all;
    }

    /** With the example that it protects, if it is one for forward authentication. */
    static Rendering withNeeds(String start, String component) {
        return component.startsWith("forward-auth-") ? of(start, "whoami", component) : of(start, component);
    }

    static Rendering withAll(String start) {
        return of(start, COMPONENTS.toArray(String[]::new));
    }

    static Rendering withAllReversed(String start) {
        List<String> reversed = new ArrayList<>(COMPONENTS);
        Collections.reverse(reversed);
        return of(start, reversed.toArray(String[]::new));
    }

    /** Renders it, or skips the test where there is no kubectl. */
    static Rendering of(String start, String... components) {
        String name = start + (components.length == 0 ? "" : " with " + String.join(", ", components));
        return KNOWN.computeIfAbsent(
                name,
                key -> new Rendering(
                        key,
                        render(
                                components.length == 0
                                        ? K8S.resolve(start)
                                        : folder(kustomization(start, components)))));
    }

    /** What an overlay with this kustomization.yaml gives. */
    static Rendering ofOverlay(String kustomization) {
        return new Rendering("overlay", render(folder(kustomization)));
    }

    /** As docs/operations.md recovers the database of "production", with these components. */
    static Rendering ofRecovery(String... components) {
        return ofRecoveryWith(kustomization("overlays/production", components) + "patches:\n");
    }

    /** @param overlay kustomization.yaml that ends with its list of patches */
    static Rendering ofRecoveryWith(String overlay) {
        Path own = folder(overlay + documented(OPERATIONS, "recovered-cluster").indent(2));
        String recovery = documented(OPERATIONS, "recovery-overlay")
                .replace("my-overlay", own.getFileName().toString());
        return new Rendering("recovery", render(folder(recovery)));
    }

    /** The YAML below the comment with this name. */
    static String documented(Path file, String name) {
        Matcher block = Pattern.compile("( *)<!-- " + name + " -->\n\\1```yaml\n(.*?)\n\\1```\n", Pattern.DOTALL)
                .matcher(read(file));
        if (!block.find()) {
            throw new AssertionError(file + " has no YAML named " + name);
        }
        return block.group(2).stripIndent() + "\n";
    }

    static String kustomization(String start, String... components) {
        StringBuilder text = new StringBuilder("resources:\n- ../../k8s/" + start + '\n');
        if (components.length > 0) {
            text.append("components:\n");
        }
        for (String component : components) {
            text.append("- ../../k8s/components/").append(component).append('\n');
        }
        return text.toString();
    }

    private static Path folder(String kustomization) {
        try {
            Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "kustomize");
            Files.writeString(folder.resolve("kustomization.yaml"), kustomization);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> render(Path folder) {
        try {
            String yaml = run(Tool.require("kubectl").toString(), "kustomize", folder.toString());
            return YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml).readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(String... command) throws IOException {
        Path errors = Temporary.file("kubectl", ".err");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes());
        try {
            if (process.waitFor() != 0 || !Files.readString(errors).isEmpty()) {
                throw new AssertionError(String.join(" ", command) + ":\n" + Files.readString(errors));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            Files.delete(errors);
        }
        return output;
    }

    private static List<String> children(String folder) {
        try (Stream<Path> children = Files.list(K8S.resolve(folder))) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    List<JsonNode> ofKind(String kind) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .toList();
    }

    Optional<JsonNode> find(String kind, String name) {
        return ofKind(kind).stream()
                .filter(object -> nameOf(object).equals(name))
                .findFirst();
    }

    List<Workload> workloads() {
        return objects.stream()
                .filter(object -> object.at("/spec/template/spec/containers").isArray())
                .map(object -> new Workload(object, object.at("/spec/template")))
                .toList();
    }

    /** The one that runs the service. */
    Workload service() {
        return workloads().stream()
                .filter(Workload::isTheService)
                .findFirst()
                .orElseThrow(() -> new AssertionError("Nothing runs the service in " + name));
    }

    /** The variables of the service as it is started: of its ConfigMaps, then of its own, secrets by name and key. */
    Map<String, String> environment() {
        JsonNode container = service().containers().get(0);
        Map<String, String> variables = new LinkedHashMap<>();
        list(container.path("envFrom"))
                .map(from -> from.at("/configMapRef/name").asText())
                .map(map ->
                        find("ConfigMap", map).orElseThrow(() -> new AssertionError("There is no ConfigMap " + map)))
                .forEach(map -> variables.putAll(strings(map.path("data"))));
        list(container.path("env")).forEach(variable -> {
            JsonNode secret = variable.at("/valueFrom/secretKeyRef");
            variables.put(
                    variable.path("name").asText(),
                    secret.isMissingNode()
                            ? variable.path("value").asText()
                            : "secret " + secret.path("name").asText() + " "
                                    + secret.path("key").asText());
        });
        return variables;
    }

    static String nameOf(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    static Stream<JsonNode> list(JsonNode array) {
        return array.valueStream();
    }

    static Map<String, String> strings(JsonNode object) {
        Map<String, String> strings = new LinkedHashMap<>();
        object.properties()
                .forEach(entry -> strings.put(entry.getKey(), entry.getValue().asText()));
        return strings;
    }
}
