package dev.authtokens.access;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What an account may do. On the wire and on the command line its name is in lower case. */
@Schema(
        type = SchemaType.STRING,
        enumeration = {"user", "admin", "service"})
public enum Role {
    /** Acts on its own account. */
    USER,
    /** Acts on every account. */
    ADMIN,
    /** A program that may log in and out and ask about tokens, and nothing else. */
    SERVICE;

    public static Optional<Role> parse(String wireName) {
        return Stream.of(values())
                .filter(role -> role.wireName().equals(wireName))
                .findFirst();
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The form that picocli offers as a completion. */
    @Override
    public String toString() {
        return wireName();
    }
}
