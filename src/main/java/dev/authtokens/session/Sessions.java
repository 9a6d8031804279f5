package dev.authtokens.session;

import dev.authtokens.access.Caller;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.problem.QueryParameter;
import dev.authtokens.token.TokenStore;
import dev.authtokens.token.TokenView;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/** What the two resources share: parameters and answers. */
@Singleton
class Sessions {

    static final String ONE_REVOKED = "`RESOURCE_DELETED`: The session has been revoked.";
    static final String ALL_REVOKED = "`RESOURCE_DELETED`: Sessions revoked: 3.";

    private static final Pattern ID = Pattern.compile("(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final TokenStore tokens;

    Sessions(TokenStore tokens) {
        this.tokens = tokens;
    }

    /** @param expiresAt of the account; null when it never expires */
    List<TokenView> list(long userId, Instant expiresAt, Caller caller, String limit) {
        return tokens.list(userId, expiresAt, caller.tokenId(), QueryParameter.pageSize(limit));
    }

    GenericResponse revoke(long userId, String email, String id) {
        if (!ID.matcher(id).matches() || !tokens.revoke(userId, email, UUID.fromString(id))) {
            throw new Problem(ProblemCode.RESOURCE_NOT_FOUND, "The session could not be found.");
        }
        return new GenericResponse("RESOURCE_DELETED", "The session has been revoked.");
    }

    GenericResponse revokeAll(long userId, String email, Caller caller, String except) {
        if (except != null && !except.equals("current")) {
            throw new Problem(ProblemCode.INVALID_INPUT, "except can be current, or be left out.");
        }
        int revoked = tokens.revokeAll(userId, email, except == null ? null : caller.tokenId());
        return new GenericResponse("RESOURCE_DELETED", "Sessions revoked: " + revoked + ".");
    }

    /** @param issuedBefore null: now */
    GenericResponse revokeEveryone(Instant issuedBefore) {
        Instant until = tokens.revokeEveryone(issuedBefore);
        return new GenericResponse("RESOURCE_DELETED", "All tokens issued up to " + until + " are revoked.");
    }
}
