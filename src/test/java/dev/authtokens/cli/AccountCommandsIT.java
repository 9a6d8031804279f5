package dev.authtokens.cli;

import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.harness.ServiceProcess;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The same by processes of the executable. */
@QuarkusIntegrationTest
@Execution(ExecutionMode.SAME_THREAD)
@Tag("native")
class AccountCommandsIT extends AccountCommandsTest {

    @Override
    Done run(String input, String... arguments) {
        Map<String, String> settings = new HashMap<>(ServiceProcess.database(ServiceDatabase.url()));
        settings.put("AUTH_TOKENS_PASSWORD_LEAKED_LIST", ServiceDatabase.LEAKED_LIST);
        return Done.of(ServiceProcess.command(settings, arguments).input(input));
    }
}
