package dev.authtokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Browser;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Logs in and calls the API in a real browser, under the policy that the page has. */
@Tag("any-runtime")
class SwaggerUiIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";
    private static final String LOGIN = "#operations-auth_tokens-createAuthToken";
    private static final String USER = "#operations-users-getCurrentUser";
    private static final String MODIFY = "#operations-users-modifyUser";
    private static final String INTROSPECT = "#operations-checks-introspectToken";
    private static final String AUDIT = "#operations-audit-getAuditEvents";

    @Test
    void leadsANewcomerFromTheLoginToACallWithoutAViolationOfItsPolicy() throws Exception {
        try (ServiceProcess service = service();
                Browser browser = new Browser()) {
            browser.open(service.uri("/q/swagger-ui/"));
            browser.await(element(USER));
            assertTrue(text(browser, ".info .description").contains("Start here"));
            assertEquals(ApiDescriptionTest.nameAndVersion(), "auth-tokens " + text(browser, ".info .version"));
            assertEquals(LOGIN, "#" + browser.evaluate("document.querySelector('.opblock').id"));
            assertEquals("0", browser.evaluate("document.querySelectorAll('.models .model-container').length"));

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
            browser.await("document.activeElement.id === 'auth-bearer-value'");
            assertTrue(text(browser, ".modal-ux-content").contains("giantswarm gsa_"));
            browser.screenshot(Path.of("target/swagger-ui-authorize.png"));
            browser.fill("#auth-bearer-value", token);
            browser.click(".auth-container .modal-btn.auth.authorize");
            browser.click(".auth-btn-wrapper .btn-done");
            assertEquals("200", execute(browser, USER));
            browser.screenshot(Path.of("target/swagger-ui.png"));

            tryOut(browser, INTROSPECT);
            String form = INTROSPECT + " .opblock-section-request-body ";
            assertTrue(value(browser, form + "input").startsWith("gsa_"));
            assertTrue(text(browser, form + ".parameters").contains("The token to check or to revoke"));
            assertEquals("200", execute(browser, INTROSPECT));
            tryOut(browser, MODIFY);
            browser.await(element(MODIFY + " textarea.body-param__text") + "?.value === '{}'");
            tryOut(browser, AUDIT);
            assertTrue(text(browser, AUDIT + " .parameters select").contains("PASSWORD_CHANGED"));
            assertEquals("200", execute(browser, AUDIT));

            List<String> complaints = browser.complaints().stream()
                    .filter(line -> !line.contains("401"))
                    // On how the page makes its input elements.
                    .filter(line -> !line.contains("\"source\":\"recommendation\""))
                    // On a network, or machine, that is slow.
                    .filter(line -> !line.contains("\"source\":\"intervention\""))
                    .toList();
            assertEquals(List.of(), complaints);
            browser.evaluate("document.body.append(Object.assign(document.createElement('script'),"
                    + " { textContent: 'window.injected = true' }))");
            assertEquals("undefined", browser.evaluate("String(window.injected)"));
            // What shows that the complaints would have been seen.
            browser.awaitComplaint("Content Security Policy");

            browser.becomePhone(390);
            browser.evaluate("window.former = true");
            browser.open(service.uri("/q/swagger-ui/"));
            browser.await("!window.former");
            tryOut(browser, LOGIN);
            browser.evaluate("document.querySelector('" + LOGIN + "').scrollIntoView()");
            browser.screenshot(Path.of("target/swagger-ui-phone.png"));
            assertEquals("390 390", browser.evaluate("innerWidth + ' ' + document.documentElement.scrollWidth"));
        }
    }

    private static ServiceProcess service() throws Exception {
        Browser.requireInstalled();
        return ServiceProcess.start(ServiceProcess.patient(
                        ServiceProcess.withAdministrator(SharedPostgres.newDatabaseWithSchema(), EMAIL, PASSWORD)))
                .awaitReady();
    }

    private static String element(String selector) {
        return "document.querySelector('" + selector + "')";
    }

    private static String text(Browser browser, String selector) throws Exception {
        browser.await(element(selector) + "?.innerText");
        return browser.evaluate(element(selector) + ".innerText.trim()");
    }

    private static String value(Browser browser, String selector) throws Exception {
        browser.await(element(selector) + "?.value");
        return browser.evaluate(element(selector) + ".value");
    }

    private static void tryOut(Browser browser, String operation) throws Exception {
        browser.click(operation + " .opblock-summary-control");
        browser.click(operation + " .try-out__btn");
    }

    /** The status that the page shows. */
    private static String execute(Browser browser, String operation) throws Exception {
        String status = "document.querySelector('" + operation + " .live-responses-table tbody .response-col_status')";
        browser.evaluate("document.querySelector('" + operation + " .btn-clear')?.click()");
        browser.await("!" + status);
        browser.click(operation + " .execute");
        browser.await(status + "?.innerText.trim()");
        return browser.evaluate(status + ".innerText.trim().split(/\\s/)[0]");
    }
}
