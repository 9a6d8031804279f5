package dev.authtokens.cli;

import dev.authtokens.ConfigValidation;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.user.Expiry;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of arguments as the API reads them. */
final class ArgumentTypes {

    /** As those of the setting for all tokens. */
    static final String LIFESPANS = ConfigValidation.SHORTEST_LIFESPAN + " to " + ConfigValidation.LONGEST;

    private ArgumentTypes() {}

    static void register(CommandLine commandLine) {
        commandLine
                .registerConverter(EmailAddress.class, reader(EmailAddress::parse, "no e-mail address"))
                .registerConverter(Role.class, reader(Role::parse, "no role"))
                .registerConverter(UUID.class, reader(ArgumentTypes::id, "no id as 'token list' shows them"))
                .registerConverter(Integer.class, reader(ArgumentTypes::count, "no number from 1 to 999,999,999"))
                .registerConverter(
                        Instant.class,
                        reader(ArgumentTypes::time, "neither never nor a time like 2030-01-01 or 2030-01-01T12:00:00Z"))
                .registerConverter(Duration.class, reader(ArgumentTypes::lifespan, "no duration from " + LIFESPANS));
    }

    /** @param reader returns nothing, or throws IllegalArgumentException, when the text is not acceptable */
    private static <T> ITypeConverter<T> reader(Function<String, Optional<T>> reader, String reason) {
        return text -> {
            try {
                return reader.apply(text).orElseThrow(IllegalArgumentException::new);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("this is " + reason);
            }
        };
    }

    private static Optional<UUID> id(String text) {
        return Optional.of(UUID.fromString(text));
    }

    private static Optional<Integer> count(String text) {
        return text.matches("[1-9][0-9]{0,8}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    private static Optional<Duration> lifespan(String text) {
        Duration shortest = DurationConverter.parseDuration(ConfigValidation.SHORTEST_LIFESPAN);
        Duration longest = DurationConverter.parseDuration(ConfigValidation.LONGEST);
        return Optional.ofNullable(DurationConverter.parseDuration(text))
                .filter(lifespan -> lifespan.compareTo(shortest) >= 0 && lifespan.compareTo(longest) <= 0);
    }

    /** A date means the beginning of that day, in UTC. */
    private static Optional<Instant> time(String text) {
        if (text.equals("never")) {
            return Optional.of(Expiry.NEVER);
        }
        return Expiry.parse(text.matches("\\d{4}-\\d\\d-\\d\\d") ? text + "T00:00:00Z" : text);
    }
}
