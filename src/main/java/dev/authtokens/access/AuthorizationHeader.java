package dev.authtokens.access;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code giantswarm <token>} and {@code Bearer <token>}, and {@code Basic} with e-mail address and password (RFC 7617);
 * the scheme in any case (RFC 9110, section 11.1).
 */
public final class AuthorizationHeader {

    private static final Pattern CREDENTIALS = Pattern.compile("(?i:giantswarm|bearer) +(?<token>\\S+)");

    private static final Pattern BASIC = Pattern.compile("(?i:basic) +(?<base64>[A-Za-z0-9+/]+={0,2})");

    private AuthorizationHeader() {}

    /** The credentials of HTTP Basic. */
    public record Basic(String email, byte[] password) {}

    /** The token, or empty when the header is missing, of another scheme or malformed. */
    public static Optional<String> token(String header) {
        if (header == null) {
            return Optional.empty();
        }
        Matcher credentials = CREDENTIALS.matcher(header.strip());
        return credentials.matches() ? Optional.of(credentials.group("token")) : Optional.empty();
    }

    /** E-mail address and password, or empty when the header is missing, of another scheme or malformed. */
    public static Optional<Basic> basic(String header) {
        Matcher credentials = BASIC.matcher(header == null ? "" : header.strip());
        if (!credentials.matches()) {
            return Optional.empty();
        }
        try {
            byte[] decoded = Base64.getDecoder().decode(credentials.group("base64"));
            String pair = new String(decoded, StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new Basic(
                            pair.substring(0, colon), pair.substring(colon + 1).getBytes(StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
