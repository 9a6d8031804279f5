package dev.authtokens.token;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.authtokens.user.Expiry;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A token that is good, without what would let anybody use it. What is not known of the login is left out. */
@Schema(name = "AuthTokenListItem")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Session(
        @Schema(description = "Names the session; it gives no access.") @JsonProperty
        UUID id,

        @Schema(
                implementation = String.class,
                description = "When the login was.",
                examples = "2026-01-15T12:00:00.123456Z")
        @JsonProperty
        Instant created,

        @Schema(
                implementation = String.class,
                description =
                        "When the token was used last, known to all replicas after a minute at most; missing when never.",
                examples = "2026-01-15T12:34:56Z")
        @JsonProperty("last_used")
        Instant lastUsed,

        @Schema(
                implementation = String.class,
                description = "When the session ends if it is not used before; 0001-01-01T00:00:00Z means never.",
                examples = "0001-01-01T00:00:00Z")
        @JsonProperty
        Instant expiry,

        @Schema(description = "Address that the login came from.", examples = "192.0.2.1") @JsonProperty
        String address,

        @Schema(description = "`User-Agent` of the login.", examples = "gsctl/1.1.3") @JsonProperty("user_agent")
        String userAgent,

        @Schema(description = "`X-Giant-Swarm-Activity` of the login.", examples = "login") @JsonProperty
        String activity,

        @Schema(description = "Whether it is the session of this request.") @JsonProperty
        boolean current) {

    /** @param lastUsed also what is not written to the database yet; null when never */
    static Session of(AuthToken token, Instant lastUsed, TokenLife life, UUID currentId) {
        return new Session(
                token.id,
                token.createdAt,
                lastUsed,
                Expiry.show(life.end(token.createdAt, lastUsed).orElse(null)),
                token.address,
                token.userAgent,
                token.activity,
                token.id.equals(currentId));
    }
}
