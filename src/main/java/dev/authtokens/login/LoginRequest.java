package dev.authtokens.login;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a login. Unknown fields are ignored, because old clients send some. */
@Schema(name = "V4CreateAuthTokenRequest")
@JsonIgnoreProperties(ignoreUnknown = true)
public record LoginRequest(
        @Schema(description = "Your e-mail address.", required = true, examples = "admin@example.com")
        String email,

        @Schema(
                description = "Your password (UTF-8) in Base64, standard alphabet, padding optional.",
                required = true,
                examples = "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5")
        String passwordBase64) {

    /** Leaves the password out: a record would print it. */
    @Override
    public String toString() {
        return "LoginRequest[email=" + email + "]";
    }
}
