package dev.authtokens.session;

import dev.authtokens.access.Access;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.token.TokenStore;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Administrators revoke the tokens of all accounts, after a breach or a restore. */
@Path("/v4/auth-tokens/everyone/")
@Tag(name = "auth tokens")
public class EverybodysSessionsResource {

    private final TokenStore tokens;

    EverybodysSessionsResource(TokenStore tokens) {
        this.tokens = tokens;
    }

    @DELETE
    @Access(Access.Who.ADMIN)
    @Operation(
            operationId = "deleteEveryonesAuthTokens",
            summary = "Delete the auth tokens of everyone",
            description = "Revokes all tokens of all accounts, including the caller's, after a breach or a restore.")
    @APIResponse(responseCode = "200", description = "The tokens were revoked.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: issued_before is not a time.")
    public GenericResponse deleteEveryonesAuthTokens(
            @RestQuery("issued_before")
                    @Parameter(
                            description =
                                    "Only tokens issued up to this time, like 2026-01-15T12:00:00Z; now by default.")
                    String issuedBefore) {
        Instant until = tokens.revokeEverybody(issuedBefore == null ? null : time(issuedBefore));
        return new GenericResponse("RESOURCE_DELETED", "All tokens issued up to " + until + " are revoked.");
    }

    private static Instant time(String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() >= 1970 && time.getYear() <= 9999) {
                return time.toInstant();
            }
        } catch (DateTimeParseException e) {
            // Refused below, like a time that the database cannot store.
        }
        throw new Problem(
                ProblemCode.INVALID_INPUT, "The parameter issued_before is not a time like 2026-01-15T12:00:00Z.");
    }
}
