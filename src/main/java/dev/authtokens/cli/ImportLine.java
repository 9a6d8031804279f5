package dev.authtokens.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.audit.Redactor;
import dev.authtokens.password.Base64Password;
import dev.authtokens.password.PasswordHasher;
import dev.authtokens.user.Expiry;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * A line of an import: an account with either a password hash or a password that is not hashed yet; the other one is null.
 *
 * @param number of the line, from 1
 */
record ImportLine(long number, EmailAddress email, String passwordHash, byte[] password, Role role, Instant expiry) {

    static final int MAX_LENGTH = 8192;

    private static final int MAX_SHOWN = 64;

    /** What the reader makes of bytes that are not UTF-8. */
    private static final String NOT_UTF_8 = "\ufffd";

    /** Why a line is refused: a sentence without anything that may be a secret. */
    static class InvalidLine extends Exception {
        InvalidLine(String reason) {
            super(reason, null, false, false);
        }
    }

    @RegisterForReflection
    record Fields(String email, String passwordHash, String passwordBase64, String expiry, String role) {}

    static ImportLine read(long number, String line, ObjectMapper mapper, PasswordHasher hasher) throws InvalidLine {
        require(line.length() <= MAX_LENGTH, "It is longer than " + MAX_LENGTH + " characters.");
        require(!line.contains(NOT_UTF_8), "It is not UTF-8.");
        Fields fields = parse(line, mapper);
        require(fields != null, "It is no JSON object.");
        require(
                (fields.passwordHash() == null) != (fields.passwordBase64() == null),
                "It needs either password_hash or password_base64.");
        Optional<String> refusal = Optional.ofNullable(fields.passwordHash()).flatMap(hasher::refusal);
        if (refusal.isPresent()) {
            throw new InvalidLine(refusal.get());
        }
        return new ImportLine(
                number,
                EmailAddress.parse(fields.email()).orElseThrow(() -> new InvalidLine("email is no e-mail address.")),
                fields.passwordHash(),
                optional(fields.passwordBase64(), null, Base64Password::decode, "password_base64 is no Base64."),
                optional(fields.role(), Role.USER, Role::parse, "There is no such role."),
                optional(fields.expiry(), Expiry.NEVER, Expiry::parse, "expiry is no time like 2030-01-01T12:00:00Z."));
    }

    private static void require(boolean isValid, String reason) throws InvalidLine {
        if (!isValid) {
            throw new InvalidLine(reason);
        }
    }

    private static <T> T optional(String text, T ifMissing, Function<String, Optional<T>> reader, String reason)
            throws InvalidLine {
        return text == null ? ifMissing : reader.apply(text).orElseThrow(() -> new InvalidLine(reason));
    }

    /** Null when the line is the JSON value {@code null}. */
    private static Fields parse(String json, ObjectMapper mapper) throws InvalidLine {
        try {
            return mapper.readValue(json, Fields.class);
        } catch (UnrecognizedPropertyException e) {
            throw new InvalidLine("There is no field " + Redactor.clean(e.getPropertyName(), MAX_SHOWN) + ".");
        } catch (JsonMappingException e) {
            throw new InvalidLine("A field is not a text, or the line is no JSON object.");
        } catch (JacksonException e) {
            boolean isTwice = e.getOriginalMessage().startsWith("Duplicate field");
            throw new InvalidLine(isTwice ? "A field occurs twice." : "It is no JSON.");
        }
    }
}
