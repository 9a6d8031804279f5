package dev.authtokens.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.CodeBlocks;
import dev.authtokens.harness.OtherSystems;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.Tool;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Imports what {@code docs/migrating.md} shows, and logs in with the old passwords. */
@QuarkusIntegrationTest
@WithTestResource(ServiceDatabase.class)
@Execution(ExecutionMode.SAME_THREAD)
class MigratingIT {

    private static final Path DOCUMENT = Path.of("docs/migrating.md");

    @Test
    void importsTheExamplesOfTheDocument() throws IOException {
        importAndLogIn(String.join("", CodeBlocks.of(DOCUMENT, "json")).lines().toList());
    }

    /** The users of a Keycloak 26.5.6, exported by {@code .ci/keycloak-import}. */
    @Test
    void importsTheExportOfKeycloak() throws Exception {
        List<String> lines = convert("secretData", "", "src/test/resources/keycloak-users.json");
        assertEquals(3, lines.size());
        importAndLogIn(lines);
    }

    @Test
    void importsTheExportOfFirebase() throws Exception {
        String hash = OtherSystems.HASHES.get(3);
        String[] parts = hash.replace("ln=4", "ln=14").split("\\$");
        String export = "{\"users\":[{\"email\":\"exported@example.com\",\"passwordHash\":\"%s\",\"salt\":\"%s\"},{}]}"
                .formatted(parts[4], parts[3]);
        List<String> lines = convert("$separator", export, "--arg", "separator", parts[5], "--arg", "key", parts[6]);
        assertEquals(List.of(line("exported@example.com", hash.replace("ln=4", "ln=14"))), lines);
    }

    @Test
    void importsTheExportOfLdap() throws Exception {
        String hash = OtherSystems.HASHES.get(5);
        String export = """
                dn: uid=one,dc=example,dc=com
                mail: one@example.com
                mail: another@example.com
                userPassword:: %s

                dn: uid=two,dc=example,dc=com
                userPassword: %s
                mail: two@example.com

                """.formatted(Api.base64(hash), hash);
        assertEquals(
                List.of(line("one@example.com", hash), line("two@example.com", hash)),
                convert("userPassword", export, "-R", "-s"));
    }

    private static void importAndLogIn(List<String> lines) throws IOException {
        Done done = Done.of(
                ServiceProcess.command(ServiceProcess.database(ServiceDatabase.url()), "user", "import", "-", "--json")
                        .input(String.join("\n", lines)));
        assertEquals(0, done.exit(), done::err);
        String all = "{\"lines\":%d,\"created\":%d,".formatted(lines.size(), lines.size());
        assertTrue(done.out().startsWith(all), done.out());
        for (String line : lines) {
            String email = new ObjectMapper().readTree(line).get("email").asText();
            assertEquals(200, Api.login(email, OtherSystems.PASSWORD).statusCode(), line);
            assertTrue(Accounts.hashOf(email).startsWith("$hmac-sha256$"), line);
        }
    }

    private static String line(String email, String hash) {
        return "{\"email\":\"%s\",\"password_hash\":\"%s\"}".formatted(email, hash);
    }

    /** By the program of the document that contains this word. */
    private static List<String> convert(String word, String input, String... arguments) throws Exception {
        String program = CodeBlocks.of(DOCUMENT, "jq").stream()
                .filter(block -> block.contains(word))
                .findFirst()
                .orElseThrow();
        List<String> command = new ArrayList<>(List.of(Tool.require("jq").toString(), "-c", program));
        command.addAll(List.of(arguments));
        Process jq = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        jq.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        jq.getOutputStream().close();
        List<String> lines = new String(jq.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertEquals(0, jq.waitFor());
        return lines;
    }
}
