package dev.authtokens.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Tool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the arguments mean; nothing is started for it. */
@Execution(ExecutionMode.CONCURRENT)
class CommandLineTest {

    private static final Pattern DOCUMENT_ROW = Pattern.compile("(?m)^\\| `(?<command>[a-z]+(?: [a-z]+)?)[^`]*` \\|");
    private static final int NO_EXIT = -1;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(strings = {"", "serve"})
    void serves(String arguments) {
        assertTrue(read(arguments).serves());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "migrate",
                "migrate --json",
                "user create andy@example.com --role admin --expiry 2030-01-01T00:00:00Z --password-stdin",
                "user create andy@example.com --expiry 2030-01-01",
                "user list --prefix andy --limit 10 --json",
                "user show ANDY@example.com -v",
                "user password andy@example.com",
                "user expiry andy@example.com never",
                "user expiry andy@example.com 2030-01-01T12:00:00.5+02:00",
                "user role andy@example.com user",
                "user delete andy@example.com -y",
                "user import -",
                "token list andy@example.com",
                "token create andy@example.com --name ci",
                "token create andy@example.com --name ci --lifespan 90d --json",
                "token revoke andy@example.com 0b1f3c5e-7a9d-4e2b-8c6f-1d3e5a7b9c0d",
                "token revoke andy@example.com --all",
                "token revoke --everyone",
                "token revoke --everyone --issued-before 2026-01-15T12:00:00Z --yes",
                "audit list --account ANDY@example.com --kind LOGIN --from 2026-01-15 --before 17 --limit 1000 --json"
            })
    void readsACommand(String arguments) {
        Invocation invocation = read(arguments);
        assertEquals(NO_EXIT, invocation.exitCode().orElse(NO_EXIT), err::toString);
        assertFalse(invocation.serves());
        assertEquals(arguments.endsWith("-v"), invocation.isVerbose());
        assertEquals("", out.toString() + err);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user",
                "token",
                "users",
                "user shwo",
                "serve now",
                "--bogus",
                "user show",
                "user show nobody",
                "user show andy@example.com other@example.com",
                "user show @arguments",
                "user create andy@example.com hunter2",
                "user create andy@example.com --password=hunter2",
                "user create andy@example.com --password hunter2",
                "user create andy@example.com -phunter2",
                "user create andy@example.com --password-stdin=hunter2",
                "user password andy@example.com hunter2",
                "user password andy@example.com --password=hunter2",
                "user password andy@example.com --password hunter2",
                "user password andy@example.com --password-stdin=hunter2",
                "user create andy@example.com --role king",
                "user create andy@example.com --expiry tomorrow",
                "user list --limit 0",
                "user list --limit many",
                "user role andy@example.com",
                "user role andy@example.com ADMIN",
                "user expiry andy@example.com 0000-01-01T00:00:00Z",
                "user expiry andy@example.com 2030-02-30",
                "user import",
                "token revoke andy@example.com",
                "token create andy@example.com",
                "token create andy@example.com --name ci --lifespan 30s",
                "token create andy@example.com --name ci --lifespan soon",
                "token revoke andy@example.com 17",
                "token revoke",
                "token revoke --everyone --all",
                "token revoke andy@example.com --everyone",
                "token revoke andy@example.com --all --issued-before 2026-01-15T12:00:00Z",
                "token revoke andy@example.com 0b1f3c5e-7a9d-4e2b-8c6f-1d3e5a7b9c0d --all",
                "audit",
                "audit list --kind login",
                "audit list --before now",
                "completion",
                "completion fish",
                "user show j\ufffdrg@example.com"
            })
    void refusesWrongUsageInOneLineThatNamesTheHelp(String arguments) {
        assertEquals(2, read(arguments).exitCode().orElse(NO_EXIT));
        List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).startsWith("auth-tokens: ") && lines.get(0).endsWith("--help)"), lines.toString());
        assertFalse(lines.get(0).contains("hunter2"), lines.toString());
        assertEquals("", out.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "usr list, user",
        "user shwo, show",
        "user list --limt 1, --limit",
        "user create andy@example.com --password hunter2, --password-stdin"
    })
    void suggestsWhatIsSpeltAlike(String arguments, String meant) {
        read(arguments);
        assertTrue(
                err.toString().matches("(?s).*: did you mean (\\S+, )*" + meant + "(, \\S+)*\\? \\(see .*"),
                err::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "us, user",
        "user li, list",
        "user create andy@example.com --pass, --password-stdin",
        "user create andy@example.com --role s, service",
        "audit list --kind LOGIN_, LOGIN_THROTTLED",
        "completion z, zsh"
    })
    void completesArgumentsInBash(String typed, String completed) throws Exception {
        Path bash = Tool.require("bash");
        assertEquals(0, read("completion bash").exitCode().orElse(NO_EXIT));
        String script = out + """
                words=($0)
                COMP_WORDS=(auth-tokens "${words[@]}") COMP_CWORD=${#words[@]}
                [[ $(complete -p auth-tokens) =~ -F\\ ([^ ]+) ]] && "${BASH_REMATCH[1]}"
                printf '%s\\n' "${COMPREPLY[@]}"
                """;
        Path file = Files.writeString(folder.resolve("completion"), script);
        Process process = new ProcessBuilder(bash.toString(), "-c", "source " + file, typed)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String completions = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(completed + "\n", completions);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpsAtEachLevel(String command) {
        for (String option : new String[] {"--help", "-h"}) {
            out.reset();
            assertEquals(0, read((command + " " + option).strip()).exitCode().orElse(NO_EXIT));
            String help = out.toString(StandardCharsets.UTF_8);
            assertTrue(help.startsWith(("Usage: auth-tokens " + command).strip()), help);
            for (String part : List.of("\nOptions:\n", "\nExit codes:\n", "\nExample", "  5   database")) {
                assertTrue(help.contains(part), part + " is not in: " + help);
            }
            help.lines().forEach(line -> assertTrue(line.length() <= 100, line));
        }
        assertEquals("", err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"user create", "user role"})
    void namesEveryRole(String command) {
        read(command + " --help");
        for (Role role : Role.values()) {
            assertTrue(out.toString().contains(role.wireName()), role.wireName());
        }
    }

    @Test
    void tellsItsVersion() {
        assertEquals(0, read("--version").exitCode().orElse(NO_EXIT));
        assertTrue(out.toString().matches("auth-tokens [0-9]+\\.[0-9]+\\.[0-9]+\\S*\\R"), out.toString());
    }

    @Test
    void writesNoSecretDown() {
        Invocation invocation = Invocation.read("user", "list", "--prefix", "gsa_0123456789abcdef0123456789abcdef");
        assertEquals("auth-tokens user list --prefix REDACTED", invocation.redacted());
    }

    @Test
    void theDocumentListsEveryCommand() throws IOException {
        String document = Files.readString(Path.of("docs/command-line.md"));
        Set<String> listed = DOCUMENT_ROW
                .matcher(document)
                .results()
                .map(MatchResult::group)
                .map(row -> row.replaceAll("^\\| `([a-z]+(?: [a-z]+)?).*", "$1"))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> known = leaves(Invocation.commandLine()).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(known, listed);
        for (ExitCode exit : ExitCode.values()) {
            assertTrue(document.contains(exit.code() + " "), exit.toString());
        }
    }

    static Stream<String> commands() {
        return all(Invocation.commandLine());
    }

    private static Stream<String> all(CommandLine command) {
        return Stream.concat(
                Stream.of(name(command)),
                command.getSubcommands().values().stream().flatMap(CommandLineTest::all));
    }

    private static Stream<String> leaves(CommandLine command) {
        return command.getSubcommands().isEmpty()
                ? Stream.of(name(command))
                : command.getSubcommands().values().stream().flatMap(CommandLineTest::leaves);
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec()
                .qualifiedName()
                .substring(Invocation.NAME.length())
                .strip();
    }

    private Invocation read(String arguments) {
        String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
        return Invocation.read(new Terminal(out, err), words);
    }
}
