package dev.authtokens.k8s;

import static dev.authtokens.k8s.Rendering.list;
import static dev.authtokens.k8s.Rendering.nameOf;
import static dev.authtokens.k8s.Rendering.strings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.authtokens.introspection.VerifyResource;
import dev.authtokens.k8s.Rendering.Workload;
import dev.authtokens.token.RevocationLog;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every overlay and component renders to objects that Kubernetes knows, that fit together and that keep our rules. */
@Tag("any-runtime")
@Execution(ExecutionMode.CONCURRENT)
class ManifestsTest {

    private static final Pattern CREATE_SECRET =
            Pattern.compile("kubectl create secret (generic|tls) ([a-z-]+)((?:.*\\\\\\R)*.*)");
    private static final Pattern JDBC_URL = Pattern.compile("jdbc:postgresql://(?<host>[a-z-]+):5432/auth_tokens"
            + "(\\?sslmode=verify-full&sslrootcert=(?<folder>/[a-z/-]+)/ca\\.crt)?");
    private static final Pattern POOL_SIZE = Pattern.compile("default_pool_size = (\\d+)");
    private static final Pattern SECRET_KEY = Pattern.compile("--from-(?:literal|file)=([A-Za-z0-9._-]+)=");
    private static final Pattern PATCH_SECRET = Pattern.compile("kubectl patch secret ([a-z-]+) (.*)");
    private static final Pattern PATCHED_KEY = Pattern.compile("\\\\\"([a-z-]+)\\\\\": \\\\\"");

    private static final String VERIFY =
            VerifyResource.class.getAnnotation(jakarta.ws.rs.Path.class).value();
    private static final String IDENTITY = "[\"X-Auth-Request-User\",\"X-Auth-Request-Email\",\"X-Auth-Request-Role\"]";

    private static final Pattern PATCHES = Pattern.compile("#   patches:\\R(#     .*\\R)+");
    private static final Path README = Rendering.K8S.resolve("README.md");
    private static final Pattern PUBLISHED =
            Pattern.compile("https://github\\.com/OWNER/auth-tokens//k8s/(.*)\\?ref=.*");

    /** What PostgreSQL has for its users by default: 100 less 3 for administrators. */
    private static final int CONNECTIONS = 97;

    static List<Rendering> renderings() {
        return Rendering.all();
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void theApiKnowsEveryFieldAndNoNameIsUsedTwice(Rendering rendering) {
        List<String> refusals = rendering.objects().stream()
                .flatMap(object -> KubernetesApi.refusal(object).stream())
                .toList();
        assertEquals(List.of(), refusals);
        List<String> names = rendering.objects().stream()
                .map(object -> object.path("apiVersion").asText() + object.path("kind") + nameOf(object))
                .toList();
        assertEquals(names.size(), new HashSet<>(names).size(), names.toString());
    }

    /** That the check above refuses something. */
    @Test
    void theApiRefusesWhatItDoesNotKnow() {
        JsonNode deployment =
                Rendering.of("base").find("Deployment", "auth-tokens").orElseThrow();
        assertEquals(Optional.empty(), KubernetesApi.refusal(deployment));
        assertRefused(deployment, copy -> ((ObjectNode) copy.path("spec")).put("replicaz", 2), "replicaz");
        assertRefused(
                deployment,
                copy -> ((ObjectNode) copy.at("/spec/template/spec/containers/0/env/0")).put("value", 8000),
                "8000");
        assertRefused(deployment, copy -> copy.put("kind", "Deploymint"), "Deploymint is not known");
    }

    private static void assertRefused(JsonNode good, Consumer<ObjectNode> spoil, String named) {
        ObjectNode copy = good.deepCopy();
        spoil.accept(copy);
        String refusal = KubernetesApi.refusal(copy).orElse("none");
        assertTrue(refusal.contains(named), refusal);
    }

    static List<String> withDeployment() {
        return Rendering.WITH_DEPLOYMENT;
    }

    @ParameterizedTest
    @MethodSource("withDeployment")
    void theOrderOfTheComponentsDoesNotMatter(String start) {
        assertEquals(
                new HashSet<>(Rendering.withAll(start).objects()),
                new HashSet<>(Rendering.withAllReversed(start).objects()));
    }

    /** The example of the README, with this repository in place of the published one. */
    private static String ownOverlay() {
        return PUBLISHED.matcher(Rendering.documented(README, "own-overlay")).replaceAll("../../k8s/$1");
    }

    @Test
    void theOverlayOfTheReadmeHasItsSettings() throws IOException {
        Rendering rendering = Rendering.ofOverlay(ownOverlay());
        theApiKnowsEveryFieldAndNoNameIsUsedTwice(rendering);
        everyVariableIsASettingAndSecretsAreOnlyReferredTo(rendering);
        thereAreConnectionsForEveryReplica(rendering);
        Map<String, String> environment = rendering.environment();
        assertEquals("30d", environment.get("AUTH_TOKENS_TOKEN_LIFESPAN"));
        assertEquals("10.1.2.0/24", environment.get("AUTH_TOKENS_HTTP_TRUSTED_PROXIES"));
        assertEquals("15", environment.get("QUARKUS_DATASOURCE_JDBC_MAX_SIZE"));
    }

    @Test
    void aRecoveryKeepsTheSettingsOfTheOverlay() {
        assertEquals("30d", Rendering.ofRecoveryWith(ownOverlay()).environment().get("AUTH_TOKENS_TOKEN_LIFESPAN"));
    }

    /** Each component, the ConfigMap that it adds to or makes, and a key of it. */
    static List<Arguments> keysOfComponents() throws IOException {
        List<Arguments> keys = new ArrayList<>();
        for (String component : Rendering.COMPONENTS) {
            for (JsonNode map :
                    Rendering.YAML.readTree(kustomizationOf(component)).path("configMapGenerator")) {
                Stream.concat(list(map.path("literals")), list(map.path("files")))
                        .map(entry -> entry.asText().replaceFirst("=.*", ""))
                        .map(key -> Arguments.of(component, map.path("name").asText(), key))
                        .forEach(keys::add);
            }
        }
        return keys;
    }

    private static String kustomizationOf(String component) {
        return Rendering.read(
                Rendering.K8S.resolve("components").resolve(component).resolve("kustomization.yaml"));
    }

    /** A generator of the overlay would lose: kustomize runs it before the components. */
    @ParameterizedTest
    @MethodSource("keysOfComponents")
    void aSettingOfAnOverlayReplacesThatOfAComponent(String component, String map, String key) throws IOException {
        Rendering rendering = Rendering.ofOverlay(ownOverlay()
                .replace("components/ingress", "components/" + component)
                .replace("name: auth-tokens\n", "name: " + map + "\n")
                .replaceFirst("(\\{op: add, path: /data/).*\n(.*\n)*", "$1" + key + ", value: mine}\n"));
        List<JsonNode> changed = rendering.ofKind("ConfigMap").stream()
                .filter(object ->
                        nameOf(object).startsWith(map) && object.at("/data").has(key))
                .toList();
        assertEquals(1, changed.size(), changed.toString());
        assertEquals("mine", changed.get(0).at("/data").path(key).asText());
        everythingThatAPodRefersToIsThere(rendering);
        if (map.equals("auth-tokens")) {
            assertEquals("mine", rendering.environment().get(key));
        }
    }

    static List<String> componentsWithPatches() {
        return Rendering.COMPONENTS.stream()
                .filter(component -> PATCHES.matcher(kustomizationOf(component)).find())
                .toList();
    }

    /** A patch whose target is not there would be left out silently. */
    @ParameterizedTest
    @MethodSource("componentsWithPatches")
    void everyPatchThatAComponentShowsChangesSomething(String component) throws IOException {
        Matcher patches = PATCHES.matcher(kustomizationOf(component));
        assertTrue(patches.find());
        String text = patches.group().replaceAll("(?m)^#   ", "");
        String[] components =
                component.startsWith("forward-auth-") ? new String[] {"whoami", component} : new String[] {component};
        Rendering plain = Rendering.of("base", components);
        Rendering patched = Rendering.ofOverlay(Rendering.kustomization("base", components) + text);
        for (JsonNode patch : Rendering.YAML.readTree(text).path("patches")) {
            String kind = patch.at("/target/kind").asText();
            assertNotEquals(plain.ofKind(kind), patched.ofKind(kind), kind);
        }
        theApiKnowsEveryFieldAndNoNameIsUsedTwice(patched);
        everythingThatAPodRefersToIsThere(patched);
        thereAreConnectionsForEveryReplica(patched);
    }

    /** Pod Security "restricted", and a root file system that is read only on top. */
    @ParameterizedTest
    @MethodSource("renderings")
    void noContainerHasMoreRightsThanItNeeds(Rendering rendering) {
        eachContainer(rendering, (pod, container, where) -> {
            JsonNode own = container.path("securityContext");
            JsonNode shared = pod.path("securityContext");
            assertTrue(either(own, shared, "runAsNonRoot").asBoolean(), where + " runs as root");
            assertTrue(either(own, shared, "runAsUser").asInt() > 0, where + " has no user id, or that of root");
            assertEquals(
                    "RuntimeDefault",
                    either(own, shared, "seccompProfile").path("type").asText(),
                    where + " seccomp");
            assertTrue(own.path("readOnlyRootFilesystem").asBoolean(), where + " writes to its root file system");
            assertTrue(
                    own.has("allowPrivilegeEscalation")
                            && !own.get("allowPrivilegeEscalation").asBoolean(),
                    where + " may get more rights");
            assertEquals("[\"ALL\"]", own.at("/capabilities/drop").toString(), where + " keeps capabilities");
            assertTrue(own.at("/capabilities/add").isMissingNode(), where + " adds capabilities");
            assertTrue(!own.path("privileged").asBoolean(), where + " is privileged");
            for (String name : List.of("hostNetwork", "hostPID", "hostIPC")) {
                assertTrue(!pod.path(name).asBoolean(), where + " has " + name);
            }
        });
    }

    /** The pod may say so, or its account. */
    @ParameterizedTest
    @MethodSource("renderings")
    void noPodHasATokenOfTheCluster(Rendering rendering) {
        for (Workload workload : rendering.workloads()) {
            String account = workload.pod().path("serviceAccountName").asText("default");
            JsonNode found = rendering
                    .find("ServiceAccount", account)
                    .orElseThrow(() -> new AssertionError("There is no ServiceAccount " + account));
            JsonNode mounts = either(workload.pod(), found, "automountServiceAccountToken");
            assertTrue(mounts.isBoolean() && !mounts.asBoolean(), nameOf(workload.object()) + " has a token");
        }
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void everyContainerHasRequestsAndLimitsAndAnImageOfOneVersion(Rendering rendering) {
        eachContainer(rendering, (pod, container, where) -> {
            for (String resource : List.of("cpu", "memory")) {
                for (String kind : List.of("requests", "limits")) {
                    assertTrue(container.path("resources").path(kind).has(resource), where + ": " + kind + resource);
                }
            }
            String image = container.path("image").asText();
            assertTrue(image.matches("[^:@]+(:[^:@]+|@sha256:[0-9a-f]{64})") && !image.endsWith(":latest"), image);
        });
    }

    /** ConfigMaps, Secrets and their keys, volumes and claims, and the ports of probes. */
    @ParameterizedTest
    @MethodSource("renderings")
    void everythingThatAPodRefersToIsThere(Rendering rendering) throws IOException {
        Map<String, Set<String>> secrets = secrets(rendering);
        eachContainer(rendering, (pod, container, where) -> {
            list(container.path("env"))
                    .map(variable -> variable.at("/valueFrom/secretKeyRef"))
                    .filter(JsonNode::isObject)
                    .forEach(key -> assertTrue(
                            secrets.getOrDefault(key.path("name").asText(), Set.of())
                                    .contains(key.path("key").asText()),
                            where + ": no command of a README makes the secret " + key));
            list(container.path("envFrom"))
                    .forEach(from -> assertTrue(
                            rendering
                                    .find(
                                            "ConfigMap",
                                            from.at("/configMapRef/name").asText())
                                    .isPresent(),
                            where + ": " + from));
            Set<String> volumes = new HashSet<>();
            list(pod.path("volumes"))
                    .forEach(volume -> volumes.add(volume.path("name").asText()));
            claims(rendering).forEach(volumes::add);
            list(container.path("volumeMounts"))
                    .forEach(mount ->
                            assertTrue(volumes.contains(mount.path("name").asText()), where + ": " + mount));
            for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
                for (String handler : List.of("httpGet", "tcpSocket")) {
                    JsonNode port = container.path(probe).path(handler).path("port");
                    assertTrue(
                            !port.isTextual() || ports(container).contains(port.asText()),
                            where + ": " + probe + " asks the unknown port " + port);
                }
            }
        });
        for (Workload workload : rendering.workloads()) {
            list(workload.pod().path("volumes")).forEach(volume -> {
                String map = volume.at("/configMap/name").asText();
                assertTrue(map.isEmpty() || rendering.find("ConfigMap", map).isPresent(), volume.toString());
                String secret = volume.at("/secret/secretName").asText();
                assertTrue(secret.isEmpty() || secrets.containsKey(secret), volume.toString());
                list(volume.at("/secret/items"))
                        .forEach(item -> assertTrue(
                                secrets.get(secret).contains(item.path("key").asText()), volume.toString()));
                assertTrue(volume.path("persistentVolumeClaim").isMissingNode(), "No claim is made for " + volume);
            });
        }
        for (JsonNode ingress : rendering.ofKind("Ingress")) {
            list(ingress.at("/spec/tls"))
                    .map(tls -> tls.path("secretName").asText())
                    .forEach(secret -> assertTrue(secrets.containsKey(secret), secret));
            list(ingress.at("/spec/rules"))
                    .flatMap(rule -> list(rule.at("/http/paths")))
                    .map(path -> path.at("/backend/service"))
                    .forEach(backend -> assertTrue(
                            list(rendering
                                            .find(
                                                    "Service",
                                                    backend.path("name").asText())
                                            .orElseThrow()
                                            .at("/spec/ports"))
                                    .anyMatch(port -> port.path("name").equals(backend.at("/port/name"))),
                            backend.toString()));
        }
        for (JsonNode store : rendering.ofKind("ObjectStore")) {
            store.at("/spec/configuration/s3Credentials")
                    .forEach(key -> assertTrue(
                            secrets.getOrDefault(key.path("name").asText(), Set.of())
                                    .contains(key.path("key").asText()),
                            "No command of a README makes the secret " + key));
        }
    }

    /** Above all, no Service sends requests to the pods of another workload, as to those of a Job. */
    @ParameterizedTest
    @MethodSource("renderings")
    void everySelectorFindsThePodsOfOneWorkloadAndTheirPorts(Rendering rendering) {
        for (JsonNode object : rendering.objects()) {
            String kind = object.path("kind").asText();
            JsonNode selector =
                    switch (kind) {
                        case "Service" -> object.at("/spec/selector");
                        case "NetworkPolicy" -> object.at("/spec/podSelector/matchLabels");
                        case "Deployment", "StatefulSet", "PodDisruptionBudget", "PodMonitor" ->
                            object.at("/spec/selector/matchLabels");
                        default -> object.path("none");
                    };
            String cluster = selector.path("cnpg.io/cluster").asText();
            if (!cluster.isEmpty()) {
                // The operator makes these pods.
                assertTrue(rendering.find("Cluster", cluster).isPresent(), "There is no Cluster " + cluster);
            }
            if (selector.isMissingNode() || !cluster.isEmpty()) {
                continue;
            }
            String where = kind + " " + nameOf(object);
            List<Workload> selected = rendering.workloads().stream()
                    .filter(workload -> workload.labels()
                            .entrySet()
                            .containsAll(strings(selector).entrySet()))
                    .toList();
            assertEquals(1, selected.size(), where + " selects " + selected);
            List<String> ports = selected.get(0).containers().stream()
                    .flatMap(container -> ports(container).stream())
                    .toList();
            Stream.of("/spec/ports", "/spec/podMetricsEndpoints")
                    .flatMap(path -> list(object.at(path)))
                    .map(port -> port.has("targetPort") ? port.get("targetPort") : port.path("port"))
                    .forEach(port -> assertTrue(ports.contains(port.asText()), where + " asks for the port " + port));
            list(object.at("/spec/ingress"))
                    .flatMap(rule -> list(rule.path("ports")))
                    .forEach(port ->
                            assertTrue(ports.contains(port.path("port").asText()), where + " lets in to " + port));
        }
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void podsOfTheServiceReachNothingButNamesAndTheDatabase(Rendering rendering) {
        for (Workload workload : rendering.workloads()) {
            if (workload.containers().stream()
                    .noneMatch(container -> container.path("image").asText().contains("auth-tokens"))) {
                continue;
            }
            JsonNode policy = rendering.ofKind("NetworkPolicy").stream()
                    .filter(object -> workload.labels()
                            .entrySet()
                            .containsAll(strings(object.at("/spec/podSelector/matchLabels"))
                                    .entrySet()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("No policy for " + nameOf(workload.object())));
            assertTrue(policy.at("/spec/policyTypes").toString().contains("Egress"), policy.toString());
            Set<String> out = new HashSet<>();
            list(policy.at("/spec/egress"))
                    .flatMap(rule -> list(rule.path("ports")))
                    .forEach(port -> out.add(port.path("protocol").asText() + port.path("port")));
            assertEquals(Set.of("UDP53", "TCP53", "TCP5432"), out);
        }
    }

    /** Whoever reaches it may try passwords; CloudNativePG wants its operator to reach it. */
    @ParameterizedTest
    @ValueSource(strings = {"overlays/evaluation", "overlays/production"})
    void nothingElseReachesTheDatabase(String start) {
        Rendering rendering = Rendering.of(start, "pgbouncer");
        boolean production = start.endsWith("production");
        JsonNode spec = rendering
                .find("NetworkPolicy", production ? "auth-tokens-database" : "auth-tokens-postgresql")
                .orElseThrow()
                .path("spec");
        assertEquals("[\"Ingress\"]", spec.path("policyTypes").toString());
        Set<String> open = new HashSet<>();
        Set<String> sources = new HashSet<>();
        for (JsonNode rule : spec.path("ingress")) {
            List<String> ports = list(rule.path("ports"))
                    .map(port -> port.path("port").asText())
                    .toList();
            if (ports.equals(List.of(production ? "5432" : "postgresql"))) {
                list(rule.path("from")).map(JsonNode::toString).forEach(sources::add);
            } else {
                open.addAll(ports);
            }
        }
        assertEquals(production ? Set.of("8000", "9187") : Set.of(), open);
        Set<String> expected = new HashSet<>();
        for (Workload workload : rendering.workloads()) {
            String name = workload.labels().get("app.kubernetes.io/name");
            if (!name.equals("auth-tokens-postgresql")) {
                expected.add("{\"podSelector\":{\"matchLabels\":{\"app.kubernetes.io/name\":\"" + name + "\"}}}");
            }
        }
        if (production) {
            expected.add("{\"podSelector\":" + spec.path("podSelector") + "}");
            expected.add("{\"namespaceSelector\":{\"matchLabels\":{\"kubernetes.io/metadata.name\":\"cnpg-system\"}},"
                    + "\"podSelector\":{\"matchLabels\":{\"app.kubernetes.io/name\":\"cloudnative-pg\"}}}");
        }
        assertEquals(expected, sources);
    }

    /** What is on two instances must not be gone with one node. */
    @Test
    void theInstancesOfTheDatabaseAreOnNodesOfTheirOwn() {
        JsonNode spec =
                Rendering.of("overlays/production").ofKind("Cluster").get(0).path("spec");
        assertTrue(spec.at("/postgresql/synchronous/number").asInt() > 0);
        assertEquals("required", spec.at("/affinity/podAntiAffinityType").asText());
        assertEquals("kubernetes.io/hostname", spec.at("/affinity/topologyKey").asText());
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void everyVariableIsASettingAndSecretsAreOnlyReferredTo(Rendering rendering) {
        for (String name : rendering.environment().keySet()) {
            assertTrue(Settings.know(name), "There is no setting " + name);
        }
        assertEquals(List.of(), rendering.ofKind("Secret"));
        eachContainer(
                rendering,
                (pod, container, where) -> list(container.path("env"))
                        .filter(variable ->
                                variable.path("name").asText().matches(".*(PASSWORD|PEPPERS?|SECRET)|.*_KEY"))
                        .filter(variable -> !variable.path("value").asText().startsWith("/"))
                        .forEach(variable -> assertTrue(
                                variable.at("/valueFrom/secretKeyRef").isObject(), where + ": " + variable)));
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void everyDatabaseThatIsNamedIsThere(Rendering rendering) {
        eachContainer(
                rendering,
                (pod, container, where) -> list(container.path("env"))
                        .filter(variable ->
                                variable.path("name").asText().endsWith("_JDBC_URL") && variable.has("value"))
                        .map(variable -> variable.path("value").asText())
                        .forEach(url -> {
                            Matcher parts = JDBC_URL.matcher(url);
                            assertTrue(parts.matches(), where + ": " + url);
                            String host = parts.group("host");
                            String folder = parts.group("folder");
                            assertEquals(
                                    host.endsWith("-rw"),
                                    folder != null,
                                    where + " verifies what CloudNativePG certifies, and nothing else: " + url);
                            assertTrue(
                                    folder == null
                                            || list(container.path("volumeMounts"))
                                                    .anyMatch(mount -> mount.path("mountPath")
                                                            .asText()
                                                            .equals(folder)),
                                    where + " has no file of the CA: " + url);
                            assertTrue(
                                    rendering.find("Service", host).isPresent()
                                            || host.endsWith("-rw")
                                                    && rendering
                                                            .find("Cluster", host.replaceFirst("-rw$", ""))
                                                            .isPresent(),
                                    where + " asks an unknown host: " + url);
                        }));
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void theServiceListensWhereItsContainerSaysSo(Rendering rendering) throws IOException {
        Properties fixed = fixed();
        List<String> listening =
                List.of(fixed.getProperty("quarkus.http.port"), fixed.getProperty("quarkus.management.port"));
        list(rendering.service().containers().get(0).path("ports"))
                .forEach(port -> assertTrue(
                        listening
                                .get(port.path("name").asText().equals("management") ? 1 : 0)
                                .equals(port.path("containerPort").asText()),
                        port.toString()));
    }

    /** The old pods go only when the new ones take requests, and no pod is killed while it answers. */
    @ParameterizedTest
    @MethodSource("renderings")
    void aRolloutLosesNoRequest(Rendering rendering) throws IOException {
        Duration drain = Duration.parse("PT" + fixed().getProperty("quarkus.shutdown.timeout"));
        for (JsonNode deployment : rendering.ofKind("Deployment")) {
            String where = nameOf(deployment);
            assertEquals(
                    "0",
                    deployment.at("/spec/strategy/rollingUpdate/maxUnavailable").asText("25%"),
                    where);
            JsonNode pod = deployment.at("/spec/template/spec");
            Duration grace =
                    Duration.ofSeconds(pod.path("terminationGracePeriodSeconds").asInt(30));
            for (JsonNode container : pod.path("containers")) {
                // The service does it by itself, so that it can send away those whose connections it has.
                Duration pause = where.equals("auth-tokens")
                        ? Duration.parse("PT" + rendering.environment().get("QUARKUS_SHUTDOWN_DELAY"))
                        : Duration.ofSeconds(
                                container.at("/lifecycle/preStop/sleep/seconds").asInt());
                assertTrue(pause.toSeconds() >= 5, where + " stops before the endpoints forget it");
                assertTrue(grace.compareTo(pause.plus(drain)) > 0, where + " is killed too early");
                assertTrue(container.has("readinessProbe") && container.has("startupProbe"), where);
            }
            assertTrue(rendering.find("PodDisruptionBudget", where).isPresent(), where + " has no disruption budget");
        }
    }

    /** It waits for its clients to leave, and the service leaves when its connections are of age. */
    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/evaluation", "overlays/knative", "overlays/production"})
    void aRolloutOfPgbouncerCutsNothingOff(String start) throws IOException {
        Rendering rendering = Rendering.of(start, "pgbouncer");
        Duration lifetime = Duration.parse("PT" + rendering.environment().get("QUARKUS_DATASOURCE_JDBC_MAX_LIFETIME"));
        assertTrue(RevocationLog.MAX_CONNECTION_AGE.compareTo(lifetime) < 0);
        JsonNode pod = rendering
                .find("Deployment", "auth-tokens-pgbouncer")
                .orElseThrow()
                .at("/spec/template/spec");
        // Until the pause is over, there may be new connections; and a statement may be under way at the end of one.
        Duration longest = lifetime.plusSeconds(
                        pod.at("/containers/0/lifecycle/preStop/sleep/seconds").asInt())
                .plusSeconds(Long.parseLong(
                        fixed().getProperty("quarkus.datasource.jdbc.additional-jdbc-properties.socketTimeout")));
        int grace = pod.path("terminationGracePeriodSeconds").asInt();
        assertTrue(grace > longest.toSeconds(), grace + " s, but the service leaves within " + longest);
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void thereAreConnectionsForEveryReplica(Rendering rendering) throws IOException {
        JsonNode object = rendering.service().object();
        List<JsonNode> autoscalers = rendering.ofKind("HorizontalPodAutoscaler");
        int replicas = object.at("/spec/replicas").asInt()
                + object.at("/spec/strategy/rollingUpdate/maxSurge").asInt();
        JsonNode scale = object.at("/spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale");
        if (!scale.isMissingNode()) {
            // An old and a new revision, each at its most.
            replicas = 2 * scale.asInt();
        }
        for (JsonNode autoscaler : autoscalers) {
            assertEquals(
                    nameOf(object), autoscaler.at("/spec/scaleTargetRef/name").asText());
            assertTrue(object.at("/spec/replicas").isMissingNode(), "Two set the number of replicas");
            replicas += autoscaler.at("/spec/maxReplicas").asInt();
        }
        assertTrue(replicas > 0);
        Optional<JsonNode> pgbouncer = rendering.find("Deployment", "auth-tokens-pgbouncer");
        if (pgbouncer.isPresent()) {
            Matcher pool = POOL_SIZE.matcher(rendering.ofKind("ConfigMap").toString());
            assertTrue(pool.find());
            // Those that end go on for a while.
            int pgbouncers = 2 * pgbouncer.get().at("/spec/replicas").asInt();
            assertTrue(
                    pgbouncers * Integer.parseInt(pool.group(1)) <= CONNECTIONS,
                    pgbouncers + " pgbouncers with " + pool.group(1) + " connections each, " + replicas + " replicas");
            return;
        }
        int each = Integer.parseInt(rendering
                .environment()
                .getOrDefault(
                        "QUARKUS_DATASOURCE_JDBC_MAX_SIZE", fixed().getProperty("quarkus.datasource.jdbc.max-size")));
        assertTrue(replicas * each <= CONNECTIONS, replicas + " replicas with " + each + " connections each");
    }

    @Test
    void whereTheJobMigratesNoReplicaDoes() {
        Rendering production = Rendering.of("overlays/production");
        assertEquals("false", production.environment().get("AUTH_TOKENS_MIGRATE_AT_START"));
        JsonNode job = production.find("Job", "auth-tokens-migrate").orElseThrow();
        JsonNode container = job.at("/spec/template/spec/containers/0");
        assertEquals("[\"migrate\"]", container.path("args").toString());
        JsonNode service = production.service().containers().get(0);
        assertEquals(service.path("image"), container.path("image"));
        assertTrue(service.path("image").asText().contains("@sha256:"), "The image is not named by its digest");
        for (JsonNode variable : container.path("env")) {
            assertTrue(
                    list(service.path("env")).anyMatch(variable::equals), variable + " is another one for the service");
        }
        assertTrue(job.at("/spec/ttlSecondsAfterFinished").asInt() > 0, "A Job that stays cannot be applied again");
        for (String other : List.of("base", "overlays/evaluation", "overlays/knative")) {
            assertEquals("true", Rendering.of(other).environment().get("AUTH_TOKENS_MIGRATE_AT_START"), other);
        }
    }

    /** With any of the components, such as one that sets the number of replicas. */
    @Test
    void aRecoveryRevokesAllTokensWhileNoReplicaRuns() {
        Rendering production = Rendering.of("overlays/production");
        for (Rendering recovery :
                List.of(Rendering.ofRecovery(), Rendering.ofRecovery(Rendering.COMPONENTS.toArray(String[]::new)))) {
            assertEquals("0", recovery.service().object().at("/spec/replicas").asText());
            assertEquals(Optional.empty(), recovery.find("Job", "auth-tokens-migrate"));
            JsonNode migrating =
                    production.find("Job", "auth-tokens-migrate").orElseThrow().at("/spec/template");
            JsonNode template =
                    recovery.find("Job", "auth-tokens-recovery").orElseThrow().at("/spec/template");
            assertEquals(migrating.path("metadata"), template.path("metadata"));
            assertEquals(migrating.at("/spec/containers"), template.at("/spec/initContainers"));
            ObjectNode revoking = template.at("/spec/containers/0").deepCopy();
            assertEquals(
                    "[\"token\",\"revoke\",\"--everyone\",\"--yes\"]",
                    revoking.path("args").toString());
            for (String own : List.of("name", "args")) {
                revoking.set(own, migrating.at("/spec/containers/0").path(own));
            }
            assertEquals(migrating.at("/spec/containers/0"), revoking);
        }
    }

    /** Of the backups of the former one, whose name it takes and into whose archive it does not write. */
    @Test
    void aRecoveredClusterIsThatOfTheFormerOneWithAnArchiveOfItsOwn() {
        Rendering production = Rendering.of("overlays/production");
        JsonNode former = production.ofKind("Cluster").get(0);
        JsonNode cluster = Rendering.ofRecovery().ofKind("Cluster").get(0);
        assertEquals(former.path("metadata"), cluster.path("metadata"));
        JsonNode recovery = cluster.at("/spec/bootstrap/recovery");
        assertEquals(1, cluster.at("/spec/bootstrap").size());
        for (String field : List.of("database", "owner")) {
            assertEquals(former.at("/spec/bootstrap/initdb").path(field), recovery.path(field), field);
        }
        JsonNode source = cluster.at("/spec/externalClusters/0");
        assertEquals(source.path("name"), recovery.path("source"));
        JsonNode archiver = cluster.at("/spec/plugins/0");
        assertEquals(archiver.path("name"), source.at("/plugin/name"));
        assertEquals(archiver.at("/parameters/barmanObjectName"), source.at("/plugin/parameters/barmanObjectName"));
        assertTrue(production
                .find("ObjectStore", archiver.at("/parameters/barmanObjectName").asText())
                .isPresent());
        assertEquals(nameOf(former), source.at("/plugin/parameters/serverName").asText());
        assertNotEquals(nameOf(former), archiver.at("/parameters/serverName").asText(nameOf(former)));
    }

    @Test
    void knativeGetsTheSameServiceAndNothingThatItRefuses() {
        Rendering knative = Rendering.of("overlays/knative");
        Rendering base = Rendering.of("base");
        Map<String, String> environment = new HashMap<>(knative.environment());
        environment.remove("AUTH_TOKENS_HTTP_TRUSTED_PROXIES");
        environment.remove("QUARKUS_DATASOURCE_JDBC_MAX_SIZE");
        assertEquals(base.environment(), environment);
        Workload workload = knative.service();
        JsonNode container = workload.containers().get(0);
        JsonNode reference = base.service().containers().get(0);
        for (String field : List.of("image", "resources", "volumeMounts")) {
            assertEquals(reference.path(field), container.path(field), field);
        }
        assertEquals(List.of(), knative.ofKind("Deployment"));
        assertEquals(List.of(), knative.ofKind("HorizontalPodAutoscaler"));
        // What Knative Serving takes without a feature switch.
        assertTrue(
                Set.of("serviceAccountName", "enableServiceLinks", "containers", "volumes", "containerConcurrency")
                        .containsAll(strings(workload.pod()).keySet()),
                workload.pod().toString());
        for (String field : List.of("lifecycle", "startupProbe")) {
            assertTrue(!container.has(field), field);
        }
        assertEquals(1, container.path("ports").size());
        assertEquals("http1", container.at("/ports/0/name").asText());
        for (String probe : List.of("readinessProbe", "livenessProbe")) {
            assertTrue(container.at("/" + probe + "/httpGet/port").isInt(), probe);
        }
        // Knative sets it to that of the container in any case.
        assertEquals(container.at("/ports/0/containerPort"), container.at("/livenessProbe/httpGet/port"));
        assertEquals("/", container.at("/livenessProbe/httpGet/path").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/production"})
    void traefikAsksTheServiceAboutEachRequestAndNamesTheAccount(String start) {
        Rendering rendering = Rendering.withNeeds(start, "forward-auth-traefik");
        JsonNode route =
                rendering.find("IngressRoute", "whoami-traefik").orElseThrow().at("/spec/routes/0");
        JsonNode auth = rendering
                .find("Middleware", route.at("/middlewares/0/name").asText())
                .orElseThrow()
                .at("/spec/forwardAuth");
        URI asked = URI.create(auth.path("address").asText());
        String[] host = asked.getHost().split("\\.", 3);
        JsonNode service = rendering.find("Service", host[0]).orElseThrow();
        assertEquals(service.at("/metadata/namespace").asText("default"), host[1]);
        assertEquals("svc.cluster.local", host[2]);
        assertEquals(service.at("/spec/ports/0/port").asInt(), asked.getPort());
        assertEquals(VERIFY, asked.getPath());
        assertEquals("[\"Authorization\"]", auth.path("authRequestHeaders").toString());
        Pattern removed = Pattern.compile(auth.path("authResponseHeadersRegex").asText());
        for (String header : List.of("X-Auth-Request-User", "x_auth_request_role", "X-Auth_Request-Anything")) {
            assertTrue(removed.matcher(header).find(), header);
        }
        assertTrue(!removed.matcher("X-Request-ID").find());
    }

    /** These ask with the path of the request behind that of the service. */
    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/production"})
    void gatewaysAskTheServiceAboutEachRequestAndNameTheAccount(String start) {
        Rendering envoy = Rendering.withNeeds(start, "forward-auth-envoy-gateway");
        JsonNode policy = envoy.find("SecurityPolicy", "whoami-envoy-gateway")
                .orElseThrow()
                .path("spec");
        JsonNode target = policy.at("/targetRefs/0");
        assertTrue(
                envoy.find(target.path("kind").asText(), target.path("name").asText())
                        .isPresent(),
                target.toString());
        JsonNode http = policy.at("/extAuth/http");
        isTheApi(envoy, http.at("/backendRefs/0"));
        assertEquals(VERIFY + "app", http.path("path").asText());
        assertEquals(IDENTITY, http.path("headersToBackend").toString());
        assertTrue(policy.at("/extAuth/failOpen").isMissingNode());

        Rendering gateway = Rendering.withNeeds(start, "forward-auth-gateway");
        JsonNode rules =
                gateway.find("HTTPRoute", "whoami-gateway").orElseThrow().at("/spec/rules");
        for (JsonNode rule : rules) {
            assertEquals("ExternalAuth", rule.at("/filters/0/type").asText());
            JsonNode auth = rule.at("/filters/0/externalAuth");
            isTheApi(gateway, auth.path("backendRef"));
            assertEquals("HTTP", auth.path("protocol").asText());
            assertEquals(VERIFY + "app", auth.at("/http/path").asText());
            assertEquals(IDENTITY, auth.at("/http/allowedResponseHeaders").toString());
        }
    }

    private static void isTheApi(Rendering rendering, JsonNode backend) {
        assertEquals("auth-tokens", backend.path("name").asText());
        assertEquals(
                rendering
                        .find("Service", "auth-tokens")
                        .orElseThrow()
                        .at("/spec/ports/0/port")
                        .asInt(),
                backend.path("port").asInt());
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void everyRouteLeadsToAServiceThatIsThere(Rendering rendering) {
        Stream<JsonNode> backends = Stream.concat(
                rendering.ofKind("HTTPRoute").stream()
                        .flatMap(route -> list(route.at("/spec/rules")))
                        .flatMap(rule -> list(rule.path("backendRefs"))),
                rendering.ofKind("IngressRoute").stream()
                        .flatMap(route -> list(route.at("/spec/routes")))
                        .flatMap(route -> list(route.path("services"))));
        backends.forEach(backend -> assertTrue(
                list(rendering
                                .find("Service", backend.path("name").asText())
                                .orElseThrow(() -> new AssertionError("There is no " + backend))
                                .at("/spec/ports"))
                        .anyMatch(port -> port.path("port").equals(backend.path("port"))
                                || port.path("name").equals(backend.path("port"))),
                backend.toString()));
    }

    /** Who came another way could call itself anybody. */
    @ParameterizedTest
    @CsvSource({
        "forward-auth-gateway,       gateway,              ",
        "forward-auth-envoy-gateway, envoy-gateway-system, envoy",
        "forward-auth-traefik,       traefik,              traefik"
    })
    void nothingButTheGatewayReachesWhatBelievesItsHeaders(String component, String namespace, String pod) {
        Rendering rendering = Rendering.withNeeds("base", component);
        JsonNode closed = rendering.find("NetworkPolicy", "whoami").orElseThrow();
        assertEquals("[\"Ingress\",\"Egress\"]", closed.at("/spec/policyTypes").toString());
        assertEquals("[]", closed.at("/spec/egress").toString());
        assertEquals("[]", closed.at("/spec/ingress").toString());
        List<JsonNode> rules = rendering.ofKind("NetworkPolicy").stream()
                .filter(policy -> policy.at("/spec/podSelector").equals(closed.at("/spec/podSelector")))
                .flatMap(policy -> list(policy.at("/spec/ingress")))
                .toList();
        assertEquals(1, rules.size(), rules.toString());
        JsonNode from = rules.get(0).path("from");
        assertEquals(1, from.size());
        assertEquals(
                Map.of("kubernetes.io/metadata.name", namespace), strings(from.at("/0/namespaceSelector/matchLabels")));
        assertEquals(
                pod == null ? Map.of() : Map.of("app.kubernetes.io/name", pod),
                strings(from.at("/0/podSelector/matchLabels")));
        JsonNode api = rendering.find("NetworkPolicy", "auth-tokens").orElseThrow();
        assertTrue(
                list(api.at("/spec/ingress"))
                        .anyMatch(rule -> rule.at("/ports/0/port").asText().equals("http")
                                && rule.path("from").toString().equals("[{\"namespaceSelector\":{}}]")),
                "The gateway does not reach the API");
    }

    @Test
    void everyFileIsPartOfSomething() throws IOException {
        try (Stream<Path> files = Files.walk(Rendering.K8S)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (!Set.of("kustomization.yaml", "README.md").contains(name)) {
                    String kustomization = Files.readString(file.resolveSibling("kustomization.yaml"));
                    assertTrue(
                            kustomization.contains("- " + name) || kustomization.contains("path: " + name),
                            file::toString);
                }
            }
        }
    }

    private interface ContainerCheck {
        void check(JsonNode pod, JsonNode container, String where);
    }

    private static void eachContainer(Rendering rendering, ContainerCheck check) {
        assertTrue(!rendering.workloads().isEmpty());
        for (Workload workload : rendering.workloads()) {
            for (JsonNode container : workload.containers()) {
                String where = workload.object().path("kind").asText() + " " + nameOf(workload.object())
                        + ", container " + container.path("name").asText();
                check.check(workload.pod(), container, where);
            }
        }
    }

    private static JsonNode either(JsonNode first, JsonNode second, String field) {
        return first.has(field) ? first.get(field) : second.path(field);
    }

    private static List<String> ports(JsonNode container) {
        return list(container.path("ports"))
                .map(port -> port.path("name").asText())
                .toList();
    }

    private static Set<String> claims(Rendering rendering) {
        Set<String> claims = new HashSet<>();
        rendering.ofKind("StatefulSet").stream()
                .flatMap(object -> list(object.at("/spec/volumeClaimTemplates")))
                .forEach(claim -> claims.add(nameOf(claim)));
        return claims;
    }

    /** The secrets that the commands of the READMEs or the objects of others make, with their keys. */
    private static Map<String, Set<String>> secrets(Rendering rendering) throws IOException {
        Map<String, Set<String>> secrets = new HashMap<>();
        for (Path readme : List.of(Path.of("README.md"), Rendering.K8S.resolve("README.md"))) {
            String text = Files.readString(readme);
            Matcher commands = CREATE_SECRET.matcher(text);
            while (commands.find()) {
                Set<String> keys = secrets.computeIfAbsent(commands.group(2), name -> new HashSet<>());
                if (commands.group(1).equals("tls")) {
                    keys.addAll(Set.of("tls.crt", "tls.key"));
                }
                Matcher key = SECRET_KEY.matcher(commands.group(3));
                while (key.find()) {
                    keys.add(key.group(1));
                }
            }
            Matcher patches = PATCH_SECRET.matcher(text);
            while (patches.find()) {
                Matcher key = PATCHED_KEY.matcher(patches.group(2));
                while (key.find()) {
                    secrets.get(patches.group(1)).add(key.group(1));
                }
            }
        }
        rendering
                .ofKind("Certificate")
                .forEach(certificate ->
                        secrets.put(certificate.at("/spec/secretName").asText(), Set.of("tls.crt", "tls.key")));
        rendering.ofKind("Cluster").forEach(cluster -> {
            secrets.put(nameOf(cluster) + "-app", Set.of("username", "password"));
            secrets.put(nameOf(cluster) + "-ca", Set.of("ca.crt", "ca.key"));
        });
        return secrets;
    }

    private static Properties fixed() throws IOException {
        Properties fixed = new Properties();
        try (InputStream file = Files.newInputStream(Path.of("src/main/resources/application.properties"))) {
            fixed.load(file);
        }
        return fixed;
    }
}
