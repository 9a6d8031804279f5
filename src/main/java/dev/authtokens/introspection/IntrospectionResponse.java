package dev.authtokens.introspection;

import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import dev.authtokens.token.VerifiedToken;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The answer to an introspection (RFC 7662, section 2.2); the role is an addition of this service. */
@Schema(
        name = "IntrospectionResponse",
        description = "State of a token. All but `active` is left out when it is false.",
        requiredProperties = "active")
public record IntrospectionResponse(
        @Schema(description = "Whether the token is valid now.", examples = "true")
        boolean active,

        @Schema(
                description = "Public URL of this service; missing when none is set.",
                examples = "https://auth.example.com")
        String iss,

        @Schema(description = "E-mail address of the account.", examples = "andy@example.com")
        String username,

        @Schema(
                description = "For a token of an account with the role service: its e-mail address.",
                examples = "checker@example.com")
        String clientId,

        @Schema(description = "Id of the account. It stays the same when the e-mail address changes.", examples = "42")
        String sub,

        @Schema(implementation = Role.class, description = "Role of the account.", examples = "user")
        String role,

        @Schema(
                implementation = Role.class,
                description = "The role once more, for clients that read scopes.",
                examples = "user")
        String scope,

        @Schema(
                enumeration = {"Bearer"},
                examples = "Bearer")
        String tokenType,

        @Schema(description = "When it was issued, in seconds since 1970.", minimum = "0", examples = "1767225600")
        Long iat,

        @Schema(
                description = "When it expires if it is not used before, in seconds since 1970; missing when never.",
                minimum = "0",
                examples = "1767312000")
        Long exp,

        @Schema(
                implementation = String.class,
                format = "uuid",
                description = "Id of the session.",
                examples = "5f0c1f9e-7a0b-4c1d-9d5e-2b8f6a3c4d21")
        UUID jti) {

    static final IntrospectionResponse INACTIVE =
            new IntrospectionResponse(false, null, null, null, null, null, null, null, null, null, null);

    /** @param issuer null when the service has no public URL */
    static IntrospectionResponse of(VerifiedToken token, String issuer) {
        Caller owner = token.owner();
        String role = owner.role().wireName();
        return new IntrospectionResponse(
                true,
                issuer,
                owner.email(),
                owner.role() == Role.SERVICE ? owner.email() : null,
                String.valueOf(owner.userId()),
                role,
                role,
                "Bearer",
                token.createdAt().getEpochSecond(),
                token.expiresAt().map(Instant::getEpochSecond).orElse(null),
                owner.tokenId());
    }
}
