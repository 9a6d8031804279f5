package dev.authtokens.password;

import java.util.Base64;
import java.util.Optional;

/** Passwords in requests: Base64 in the standard alphabet (RFC 4648, section 4), padding optional, no white space. */
public final class Base64Password {

    private Base64Password() {}

    /** Empty when the text is not Base64. */
    public static Optional<byte[]> decode(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
