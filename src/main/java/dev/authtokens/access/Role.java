package dev.authtokens.access;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What an account may do. On the wire and on the command line it is written in lower case. */
public enum Role {
    /** Acts on its own account. */
    USER,
    /** Acts on every account. */
    ADMIN,
    /** Asks whether tokens are good, for a program, and may do nothing else. */
    SERVICE;

    public static Optional<Role> parse(String written) {
        return Stream.of(values())
                .filter(role -> role.written().equals(written))
                .findFirst();
    }

    public String written() {
        return name().toLowerCase(Locale.ROOT);
    }
}
