package dev.authtokens.settings;

import dev.authtokens.StartFailure;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The environment variables of all settings of the service. SmallRye Config refuses unknown properties by itself, but ignores
 * unknown variables.
 */
public final class SettingNames {

    /** What Kubernetes sets in containers beside a Service whose name begins with that of this service. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("\\w+?_(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)=.*"
                    + "|\\w+_PORT=(tcp|udp|sctp)://.*");

    /** The end of the name of one element of a list. */
    private static final String INDEX = "_\\d+_$";

    private final String prefix;
    private final Set<String> known;

    /** @param mapping interface of all settings */
    public SettingNames(Class<?> mapping, String prefix) {
        this.prefix = StartFailure.environmentName(prefix + ".");
        this.known = ConfigClass.configClass(mapping, prefix).getProperties().keySet().stream()
                .map(property -> property.replace("[*]", ""))
                .flatMap(property -> SecretSettings.isSecret(property)
                        ? Stream.of(property, property + SecretSettings.FILE)
                        : Stream.of(property))
                .map(StartFailure::environmentName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** One line for each variable that begins as those of the service do and is none of them. */
    public Stream<String> describeUnknown(Map<String, String> variables) {
        return variables.entrySet().stream()
                .filter(variable -> !isKnown(StartFailure.environmentName(variable.getKey()), variable.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .map(variable -> variable + " is no setting: did you mean "
                        + nearest(StartFailure.environmentName(variable)) + "?");
    }

    private boolean isKnown(String variable, String value) {
        return !variable.startsWith(prefix)
                || known.contains(variable.replaceFirst(INDEX, ""))
                || SERVICE_LINK.matcher(variable + "=" + value).matches();
    }

    private String nearest(String variable) {
        return known.stream()
                .min(Comparator.comparing(name -> difference(name, variable)))
                .orElseThrow();
    }

    /** The number of characters between the beginning and the end that both share. */
    private static int difference(String one, String other) {
        int shared = Math.min(
                sharedBeginning(one, other) + sharedBeginning(reversed(one), reversed(other)),
                Math.min(one.length(), other.length()));
        return one.length() + other.length() - 2 * shared;
    }

    private static int sharedBeginning(String one, String other) {
        int mismatch = Arrays.mismatch(one.toCharArray(), other.toCharArray());
        return mismatch < 0 ? one.length() : mismatch;
    }

    private static String reversed(String text) {
        return new StringBuilder(text).reverse().toString();
    }
}
