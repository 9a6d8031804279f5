package dev.authtokens.cli;

import dev.authtokens.ConfigValidation;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.user.Expiry;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of arguments as the API reads them. */
final class ArgumentTypes {

    /** Means the beginning of the day, in UTC. */
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");

    /** As those of the setting for all tokens. */
    static final String LIFESPANS = ConfigValidation.SHORTEST_LIFESPAN + " to " + ConfigValidation.LONGEST;

    private ArgumentTypes() {}

    static void register(CommandLine commandLine) {
        commandLine
                .registerConverter(EmailAddress.class, ArgumentTypes::email)
                .registerConverter(Role.class, ArgumentTypes::role)
                .registerConverter(UUID.class, ArgumentTypes::id)
                .registerConverter(Integer.class, ArgumentTypes::count)
                .registerConverter(Instant.class, ArgumentTypes::expiry)
                .registerConverter(Duration.class, ArgumentTypes::lifespan);
    }

    private static EmailAddress email(String text) {
        return EmailAddress.parse(text).orElseThrow(() -> new TypeConversionException("this is no e-mail address"));
    }

    private static Role role(String text) {
        return Role.parse(text).orElseThrow(() -> new TypeConversionException("there is no such role"));
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("this is no id as 'token list' shows them");
        }
    }

    private static Integer count(String text) {
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw new TypeConversionException("this is no number from 1 to 999,999,999");
        }
        return Integer.valueOf(text);
    }

    private static Duration lifespan(String text) {
        Duration lifespan;
        try {
            lifespan = DurationConverter.parseDuration(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("this is no duration like 12h, 90d or PT12H");
        }
        if (lifespan.compareTo(DurationConverter.parseDuration(ConfigValidation.SHORTEST_LIFESPAN)) < 0
                || lifespan.compareTo(DurationConverter.parseDuration(ConfigValidation.LONGEST)) > 0) {
            throw new TypeConversionException("this is not from " + LIFESPANS);
        }
        return lifespan;
    }

    private static Instant expiry(String text) {
        if (text.equals("never")) {
            return Expiry.NEVER;
        }
        return Expiry.parse(DATE.matcher(text).matches() ? text + "T00:00:00Z" : text)
                .orElseThrow(() -> new TypeConversionException(
                        "this is neither never nor a time like 2030-01-01 or 2030-01-01T12:00:00Z"));
    }
}
