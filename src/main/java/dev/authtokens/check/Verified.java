package dev.authtokens.check;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Whose token was verified, for those who read the body and not the headers. */
@Schema(name = "VerifiedAuthToken")
record Verified(
        @Schema(examples = "andy@example.com") @JsonProperty String email,

        @Schema(examples = "user") @JsonProperty String role) {}
