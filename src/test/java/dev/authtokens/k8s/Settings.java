package dev.authtokens.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.ServiceConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The variables that mean something to the service: its own, and those that Quarkus reads at a start. */
final class Settings {

    private static final String MODEL = "META-INF/quarkus-config-doc/quarkus-config-model.json";

    private static final Set<String> OWN = own(ServiceConfig.class, "AUTH_TOKENS_");
    private static final List<Pattern> OF_QUARKUS = ofQuarkus();

    private Settings() {}

    static boolean know(String variable) {
        return OWN.contains(variable)
                || OF_QUARKUS.stream().anyMatch(name -> name.matcher(variable).matches());
    }

    /** The path of a setting in capitals. */
    private static Set<String> own(Class<?> configuration, String prefix) {
        Set<String> names = new HashSet<>();
        for (Method method : configuration.getMethods()) {
            String name = prefix + method.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
            if (method.getReturnType().getEnclosingClass() == ServiceConfig.class) {
                names.addAll(own(method.getReturnType(), name + "_"));
            } else {
                names.add(name);
            }
        }
        return names;
    }

    /** Each extension carries a description of its settings. */
    private static List<Pattern> ofQuarkus() {
        Set<String> names = new HashSet<>();
        try {
            for (URL url : Collections.list(Settings.class.getClassLoader().getResources(MODEL))) {
                try (InputStream model = url.openStream()) {
                    for (JsonNode item : new ObjectMapper().readTree(model).findParents("phase")) {
                        if (item.path("phase").asText().equals("RUN_TIME")) {
                            item.findValues("environmentVariable").forEach(name -> names.add(name.asText()));
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // What stands between two underscores on each side is a name that one may choose.
        return names.stream()
                .map(name -> Pattern.compile(name.replaceAll("__[A-Z_]+?__", "__[A-Z0-9]+__")))
                .toList();
    }
}
