package dev.authtokens.settings;

import dev.authtokens.StartFailure;
import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Expressions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes secrets as they are written, except for one line break at the end: {@code $} and {@code \} mean nothing in them. The
 * setting with {@code -file} at the end of its name ({@code _FILE}) names a file that holds the secret instead. Applies to
 * Quarkus' passwords too. A refusal names the setting and never quotes its value.
 */
public final class SecretSettings implements ConfigSourceInterceptor {

    static final String FILE = "-file";

    private static final String LIST = "previous-peppers";
    private static final Pattern SECRET = Pattern.compile("(.*[.-])?(password|pepper|" + LIST + "(\\[\\d+])?)");
    private static final Pattern LAST_LINE_BREAK = Pattern.compile("\\r?\\n\\z");

    /** In a list a backslash escapes the next character. It is kept, unless it stands before the comma of a pepper. */
    private static final Pattern BACKSLASH = Pattern.compile("\\\\(?!,)");

    /** What the Java runtime makes of bytes that are no text in the character set of the environment. */
    private static final String UNREADABLE = "\ufffd";

    static boolean isSecret(String property) {
        return SECRET.matcher(property).matches();
    }

    /** @throws StartFailure when the secret cannot be taken as it is written; a problem of an optional value is ignored */
    @Override
    public ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        if (!isSecret(name)) {
            return context.proceed(name);
        }
        ConfigValue value = Expressions.withoutExpansion(() -> context.proceed(name));
        ConfigValue file = context.proceed(name + FILE);
        if (isSet(value) && isSet(file)) {
            throw new StartFailure(name, "is set, and its file too: remove one of the two settings");
        }
        if (isSet(file)) {
            return file.withName(name).withValue(raw(name, read(name + FILE, file.getValue())));
        }
        if (isSet(value)) {
            requireReadable(name, value.getValue());
            return value.withValue(raw(name, value.getValue()));
        }
        return value;
    }

    /** Without those of the files, which the mapping of the settings does not know. */
    @Override
    public Iterator<String> iterateNames(ConfigSourceInterceptorContext context) {
        List<String> names = new ArrayList<>();
        context.iterateNames().forEachRemaining(names::add);
        names.removeIf(name -> name.endsWith(FILE) && isSecret(name.substring(0, name.length() - FILE.length())));
        return names.iterator();
    }

    private static boolean isSet(ConfigValue value) {
        return value != null && value.getValue() != null && !value.getValue().isEmpty();
    }

    /** Never quotes the path: somebody may have put the secret there. */
    private static String read(String property, String path) {
        try {
            String content = Files.readString(Path.of(path));
            if (content.isBlank()) {
                throw new StartFailure(property, "the file is empty");
            }
            return content;
        } catch (IOException | InvalidPathException e) {
            String reason = e.getClass().getSimpleName();
            throw new StartFailure(property, "the file cannot be read as UTF-8 (" + reason + ")");
        }
    }

    private static void requireReadable(String name, String written) {
        if (written.contains(UNREADABLE)) {
            String variable = StartFailure.environmentName(name + FILE);
            throw new StartFailure(
                    name,
                    "is not in the character set of the environment: set LC_ALL=C.UTF-8, or name a file in "
                            + variable);
        }
    }

    private static String raw(String name, String written) {
        String secret = LAST_LINE_BREAK.matcher(written).replaceFirst("");
        return name.endsWith(LIST) ? BACKSLASH.matcher(secret).replaceAll("\\\\\\\\") : secret;
    }
}
