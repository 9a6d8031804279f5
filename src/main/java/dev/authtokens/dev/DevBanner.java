package dev.authtokens.dev;

import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.vertx.http.HttpServerStart;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Shows a newcomer where the service is and how to try it. */
@Singleton
@IfBuildProfile("dev")
class DevBanner {

    private static final String HOW_TO_TRY = """

            auth-tokens is at %1$s, Swagger UI at %1$s/q/swagger-ui
            The demo administrator is %2$s with the password: %3$s
            Log in, see who you are, log out, and be refused:

            TOKEN=$(curl -s -w '%%{stderr}%%{http_code}\\n' -H 'Content-Type: application/json' -d '{"email":"%2$s","password_base64":"%4$s"}' %1$s/v4/auth-tokens/ | cut -d'"' -f4)
            curl -s -w ' %%{http_code}\\n' -H "Authorization: giantswarm $TOKEN" %1$s/v4/user/
            curl -s -w ' %%{http_code}\\n' -H "Authorization: giantswarm $TOKEN" -X DELETE %1$s/v4/auth-tokens/
            curl -s -w ' %%{http_code}\\n' -H "Authorization: giantswarm $TOKEN" %1$s/v4/user/

            """;

    void print(@ObservesAsync HttpServerStart start) {
        if (DevMain.isDemo()) {
            String base = "http://localhost:" + start.options().getPort();
            String encoded = Base64.getEncoder().encodeToString(DevMain.DEMO_PASSWORD.getBytes(StandardCharsets.UTF_8));
            // In one piece: log lines are written meanwhile.
            System.out.print(HOW_TO_TRY.formatted(base, DevMain.DEMO_EMAIL, DevMain.DEMO_PASSWORD, encoded));
        }
    }
}
