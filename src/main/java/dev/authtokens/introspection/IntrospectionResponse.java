package dev.authtokens.introspection;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.authtokens.access.Caller;
import dev.authtokens.token.VerifiedToken;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The answer to an introspection (RFC 7662, section 2.2); the role is an addition of this service. */
@Schema(name = "IntrospectionResponse")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record IntrospectionResponse(
        @Schema(description = "Whether the token is valid now.")
        boolean active,

        @Schema(description = "E-mail address of the account.", examples = "andy@example.com")
        String username,

        @Schema(description = "Id of the account. It stays the same when the e-mail address changes.", examples = "42")
        String sub,

        @Schema(description = "Role of the account.", examples = "user")
        String role,

        @Schema(examples = "Bearer") String tokenType,

        @Schema(description = "When it was issued, in seconds since 1970.", examples = "1767225600")
        Long iat,

        @Schema(
                description = "When it expires if it is not used before, in seconds since 1970; missing when never.",
                examples = "1767312000")
        Long exp,

        @Schema(description = "Id of the session.") UUID jti) {

    static final IntrospectionResponse INACTIVE =
            new IntrospectionResponse(false, null, null, null, null, null, null, null);

    static IntrospectionResponse of(VerifiedToken token) {
        Caller owner = token.owner();
        return new IntrospectionResponse(
                true,
                owner.email(),
                String.valueOf(owner.userId()),
                owner.role().wireName(),
                "Bearer",
                token.createdAt().getEpochSecond(),
                token.expiresAt().map(Instant::getEpochSecond).orElse(null),
                owner.tokenId());
    }
}
