package dev.authtokens.login;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The new token. It is shown this once. */
@Schema(
        name = "V4CreateAuthTokenResponse",
        requiredProperties = {"auth_token"})
public record LoginResponse(
        @Schema(
                description = "The new token, to be sent as \"Authorization: giantswarm <token>\".",
                examples = "gsa_3q2-7wQF8n0pJxv5c1Zr6tYkLhUeDsAbGiWmXoVfNqT2Rj4K")
        String authToken) {

    /** Leaves the token out: a record would print it. */
    @Override
    public String toString() {
        return "LoginResponse[]";
    }
}
