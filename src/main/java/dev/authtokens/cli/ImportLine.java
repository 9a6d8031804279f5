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

/**
 * A line of an import: an account with either a password hash or a password that is not hashed yet.
 *
 * @param passwordHash null when there is a password
 * @param password null when there is a hash
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

    /** @param number of the line, from 1 */
    static ImportLine read(long number, String line, ObjectMapper mapper, PasswordHasher hasher) throws InvalidLine {
        if (line.length() > MAX_LENGTH) {
            throw new InvalidLine("It is longer than " + MAX_LENGTH + " characters.");
        }
        if (line.contains(NOT_UTF_8)) {
            throw new InvalidLine("It is not UTF-8.");
        }
        Fields fields = parse(line, mapper);
        if ((fields.passwordHash() == null) == (fields.passwordBase64() == null)) {
            throw new InvalidLine("It needs either password_hash or password_base64.");
        }
        Optional<String> refusal = Optional.ofNullable(fields.passwordHash()).flatMap(hasher::refusal);
        if (refusal.isPresent()) {
            throw new InvalidLine(refusal.get());
        }
        return new ImportLine(
                number,
                EmailAddress.parse(fields.email()).orElseThrow(() -> new InvalidLine("email is no e-mail address.")),
                fields.passwordHash(),
                fields.passwordBase64() == null ? null : password(fields.passwordBase64()),
                role(fields.role()),
                expiry(fields.expiry()));
    }

    private static byte[] password(String base64) throws InvalidLine {
        return Base64Password.decode(base64).orElseThrow(() -> new InvalidLine("password_base64 is no Base64."));
    }

    private static Role role(String name) throws InvalidLine {
        return name == null ? Role.USER : Role.parse(name).orElseThrow(() -> new InvalidLine("There is no such role."));
    }

    private static Instant expiry(String time) throws InvalidLine {
        return time == null
                ? Expiry.NEVER
                : Expiry.parse(time)
                        .orElseThrow(() -> new InvalidLine("expiry is not a time like 2030-01-01T12:00:00Z."));
    }

    private static Fields parse(String json, ObjectMapper mapper) throws InvalidLine {
        try {
            Fields fields = mapper.readValue(json, Fields.class);
            if (fields == null) {
                throw new InvalidLine("It is no JSON object.");
            }
            return fields;
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
