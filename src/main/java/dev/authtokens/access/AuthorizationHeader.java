package dev.authtokens.access;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code giantswarm <token>}, {@code Bearer <token>} and {@code Basic}; upper and lower case of the scheme do not matter
 * (RFC 9110, section 11.1). The credentials of Basic are raw (RFC 7617), or form-encoded (RFC 6749, section 2.3.1) if the user
 * has no {@code @}, which every e-mail address has and no form-encoded text.
 */
public final class AuthorizationHeader {

    private static final Pattern CREDENTIALS = Pattern.compile("(?i:giantswarm|bearer) +(?<token>\\S+)");
    private static final Pattern BASIC = Pattern.compile("(?i:basic) +(?<base64>[A-Za-z0-9+/]+={0,2})");

    private AuthorizationHeader() {}

    /** E-mail address and password of a program, from the header or elsewhere. */
    public record Basic(String email, byte[] password) {

        public static Basic of(String email, String password) {
            return new Basic(email, password.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The token, or empty when the header is missing, of another scheme or malformed. */
    public static Optional<String> token(String header) {
        Matcher credentials = CREDENTIALS.matcher(header == null ? "" : header.strip());
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
                    : Optional.of(credentials(pair.substring(0, colon), pair.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Basic credentials(String user, String password) {
        if (user.indexOf('@') < 0) {
            try {
                return Basic.of(formDecoded(user), formDecoded(password));
            } catch (IllegalArgumentException e) {
                // No form-encoding, and no e-mail address: refused like any that is unknown.
            }
        }
        return Basic.of(user, password);
    }

    private static String formDecoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
