package dev.authtokens.introspection;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.authtokens.access.Caller;
import dev.authtokens.token.VerifiedToken;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * {@code TokenReview} of {@code authentication.k8s.io/v1}, as request and as answer. Unknown fields are ignored, so that newer
 * versions of Kubernetes may send more.
 */
@Schema(name = "TokenReview")
@JsonIgnoreProperties(ignoreUnknown = true)
public record TokenReview(
        @Schema(name = "apiVersion", required = true, enumeration = API_VERSION, examples = API_VERSION)
        @JsonProperty("apiVersion")
        String apiVersion,

        @Schema(required = true, enumeration = KIND, examples = KIND)
        String kind,

        @Schema(description = "Missing in answers.") Spec spec,
        @Schema(description = "Missing in requests.") Status status) {

    static final String API_VERSION = "authentication.k8s.io/v1";
    static final String KIND = "TokenReview";

    private static final Status NOT_AUTHENTICATED = new Status(false, null);
    private static final String GROUP_PREFIX = "auth-tokens:";

    @Schema(name = "TokenReviewSpec")
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Spec(
            @Schema(
                    required = true,
                    description = "The token that a client sent to the API server.",
                    examples = TokenRequest.EXAMPLE)
            String token,

            @Schema(description = "May be missing. Ignored: tokens are not bound to audiences, so the answer has none.")
            List<String> audiences) {

        /** Leaves the token out: a record would print it. */
        @Override
        public String toString() {
            return "Spec[]";
        }
    }

    @Schema(name = "TokenReviewStatus")
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Status(
            @Schema(required = true, description = "Whether the token is valid now.", examples = "true")
            boolean authenticated,

            @Schema(description = "Whose token it is; missing when it is not valid.")
            User user) {}

    @Schema(
            name = "TokenReviewUser",
            requiredProperties = {"username", "uid", "groups"})
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record User(
            @Schema(description = "E-mail address of the account.", examples = "andy@example.com")
            String username,

            @Schema(
                    description = "Id of the account. It stays the same when the e-mail address changes.",
                    examples = "42")
            String uid,

            @Schema(description = "The role, as `auth-tokens:<role>`.", examples = "[\"auth-tokens:admin\"]")
            List<String> groups) {}

    boolean hasKnownVersion() {
        return API_VERSION.equals(apiVersion) && KIND.equals(kind);
    }

    /** The token to review; empty when there is none. */
    Optional<String> token() {
        return Optional.ofNullable(spec).map(Spec::token).filter(token -> !token.isEmpty());
    }

    static TokenReview of(Optional<VerifiedToken> token) {
        Status status = token.map(VerifiedToken::owner).map(TokenReview::status).orElse(NOT_AUTHENTICATED);
        return new TokenReview(API_VERSION, KIND, null, status);
    }

    private static Status status(Caller owner) {
        return new Status(
                true,
                new User(
                        owner.email(),
                        String.valueOf(owner.userId()),
                        List.of(GROUP_PREFIX + owner.role().wireName())));
    }
}
