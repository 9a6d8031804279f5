package dev.authtokens.introspection;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What introspection and revocation take, as the OpenAPI document describes it. */
@Schema(name = "TokenRequest")
record TokenRequest(
        @Schema(required = true, description = "The token to check or to revoke.", examples = TokenRequest.EXAMPLE)
        String token,

        @Schema(description = "Ignored: there is one type of token.", examples = "access_token")
        String tokenTypeHint) {

    /** Well-formed, and nobody was ever given it. */
    static final String EXAMPLE = "gsa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAZClWt";
}
