package dev.authtokens.token;

import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A valid token as lists show it, without its secret and digest. What is not known of the login is null, and left out of JSON. */
@Schema(
        name = "AuthTokenListItem",
        description = "A session. What is not known of its login is left out.",
        requiredProperties = {"id", "created", "expiry", "current"})
public record TokenView(
        @Schema(
                implementation = String.class,
                format = "uuid",
                description = "Id of the session. It is not the token and gives no access.",
                examples = "0f6e3f2a-9d0c-4c55-8a0e-2f3b9d1c7e64")
        UUID id,

        @Schema(
                implementation = String.class,
                format = "date-time",
                description = "Time of the login.",
                examples = "2026-01-15T12:00:00.123456Z")
        Instant created,

        @Schema(
                implementation = String.class,
                format = "date-time",
                description =
                        "Last use of the token, known to all replicas after at most a minute; missing when never.",
                examples = "2026-01-15T12:34:56Z")
        Instant lastUsed,

        @Schema(
                implementation = String.class,
                format = "date-time",
                description =
                        "When the session, or its account, expires if it is not used before; 0001-01-01T00:00:00Z means never.",
                examples = "0001-01-01T00:00:00Z")
        Instant expiry,

        @Schema(
                description = "Name of a token that was made for a program; missing for a login.",
                examples = "backup job")
        String name,

        @Schema(description = "Client address of the login.", examples = "192.0.2.1")
        String address,

        @Schema(description = "`User-Agent` of the login.", examples = "gsctl/1.1.3")
        String userAgent,

        @Schema(description = "`X-Giant-Swarm-Activity` of the login.", examples = "login")
        String activity,

        @Schema(description = "Whether it is the session of this request.", examples = "true")
        boolean current) {}
