package dev.authtokens.access;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code giantswarm <token>} and {@code Bearer <token>}; the scheme in any case (RFC 9110, section 11.1). */
public final class AuthorizationHeader {

    private static final Pattern CREDENTIALS = Pattern.compile("(?i:giantswarm|bearer) +(?<token>\\S+)");

    private AuthorizationHeader() {}

    /** The token, or empty when the header is missing, of another scheme or malformed. */
    public static Optional<String> token(String header) {
        if (header == null) {
            return Optional.empty();
        }
        Matcher credentials = CREDENTIALS.matcher(header.strip());
        return credentials.matches() ? Optional.of(credentials.group("token")) : Optional.empty();
    }
}
