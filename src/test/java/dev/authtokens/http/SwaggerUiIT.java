package dev.authtokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Browser;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Logs in and calls the API in a real browser, under the policy that the page has. */
class SwaggerUiIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";
    private static final String LOGIN = "#operations-auth_tokens-createAuthToken";
    private static final String USER = "#operations-users-getCurrentUser";

    @Test
    void logsInAuthorizesAndCallsWithoutAViolationOfItsPolicy() throws Exception {
        Browser.requireInstalled();
        Map<String, String> environment =
                ServiceProcess.withAdministrator(SharedPostgres.newDatabase(), EMAIL, PASSWORD);
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady();
                Browser browser = new Browser()) {
            browser.open(service.uri("/q/swagger-ui/"));
            tryOut(browser, LOGIN);
            browser.fill(
                    LOGIN + " textarea.body-param__text",
                    "{\"email\": \"" + EMAIL + "\", \"password_base64\": \"" + Api.base64(PASSWORD) + "\"}");
            assertEquals("200", execute(browser, LOGIN));
            String token = browser.evaluate("JSON.parse(document.querySelector('" + LOGIN
                    + " .live-responses-table .highlight-code, " + LOGIN
                    + " .live-responses-table .microlight').innerText.match(/\\{[^}]*\\}/)[0]).auth_token");
            assertTrue(token.startsWith("gsa_"), token);

            tryOut(browser, USER);
            assertEquals("401", execute(browser, USER));
            browser.click(".auth-wrapper .authorize");
            browser.fill(".auth-container input", "giantswarm " + token);
            browser.click(".auth-container .modal-btn.auth.authorize");
            browser.click(".auth-btn-wrapper .btn-done");
            assertEquals("200", execute(browser, USER));
            browser.screenshot(Path.of("target/swagger-ui.png"));

            List<String> complaints = browser.complaints().stream()
                    .filter(line -> !line.contains("401"))
                    // On how the page makes its input elements.
                    .filter(line -> !line.contains("\"source\":\"recommendation\""))
                    .toList();
            assertEquals(List.of(), complaints);
            browser.evaluate("document.body.append(Object.assign(document.createElement('script'),"
                    + " { textContent: 'window.injected = true' }))");
            assertEquals("undefined", browser.evaluate("String(window.injected)"));
            // What shows that the complaints would have been seen.
            browser.awaitComplaint("Content Security Policy");
        }
    }

    private static void tryOut(Browser browser, String operation) throws Exception {
        browser.click(operation + " .opblock-summary-control");
        browser.click(operation + " .try-out__btn");
    }

    /** The status that the page shows. */
    private static String execute(Browser browser, String operation) throws Exception {
        browser.evaluate("document.querySelector('" + operation + " .btn-clear')?.click()");
        browser.click(operation + " .execute");
        String status = "document.querySelector('" + operation + " .live-responses-table tbody .response-col_status')";
        browser.await(status);
        return browser.evaluate(status + ".innerText.trim().split(/\\s/)[0]");
    }
}
