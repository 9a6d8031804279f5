package dev.authtokens.introspection;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The account of a verified token, for callers that read the body and not the headers. */
@Schema(name = "VerifiedAuthToken")
record VerifyResponse(
        @Schema(examples = "andy@example.com") String email,

        @Schema(examples = "user") String role) {}
