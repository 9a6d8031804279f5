package dev.authtokens.hostile;

import static dev.authtokens.hostile.HostileRequest.utf8;

import dev.authtokens.hostile.HostileRequest.Part;
import dev.authtokens.hostile.Mutation.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;

/** Spoils fields of bodies, and bodies as a whole. */
final class BodyMutations {

    private static final Map<String, UnaryOperator<String>> JSON = new TreeMap<>(Map.ofEntries(
            Map.entry("empty", body -> ""),
            Map.entry("blank", body -> " \r\n\t"),
            Map.entry("null", body -> "null"),
            Map.entry("number", body -> "1e400"),
            Map.entry("text", body -> "\"" + body.replace("\"", "\\\"") + "\""),
            Map.entry("array", body -> "[" + body + "]"),
            Map.entry("cut off", body -> body.substring(0, body.length() / 2)),
            Map.entry("twice", body -> body + body),
            Map.entry("junk behind", body -> body + "]"),
            Map.entry("NUL behind", body -> body + "\0"),
            Map.entry("NUL before", body -> "\0" + body),
            Map.entry("unknown field", body -> body.replaceFirst("\\{", "{\"isAdmin\":true,")),
            Map.entry("empty name", body -> body.replaceFirst("\\{", "{\"\":1,")),
            Map.entry("prototype", body -> body.replaceFirst("\\{", "{\"__proto__\":{\"role\":\"admin\"},")),
            Map.entry("type", body -> body.replaceFirst("\\{", "{\"@class\":\"javax.script.ScriptEngineManager\",")),
            Map.entry("lone surrogate as name", body -> body.replaceFirst("\\{", "{\"\\\\ud800\":1,")),
            Map.entry("deep", body -> body.replaceFirst("\\{", "{\"a\":" + "[".repeat(3000) + "]".repeat(3000) + ",")),
            Map.entry("many fields", BodyMutations::manyFields),
            Map.entry("byte order mark", body -> utf8("\uFEFF") + body),
            Map.entry("UTF-16", body -> recode(body, "UTF-16LE")),
            Map.entry("UTF-32", body -> recode(body, "UTF-32BE")),
            Map.entry("comment", body -> "/**/" + body + "//"),
            Map.entry("XML", body -> "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"),
            Map.entry("form", body -> "email=a&password_base64=b"),
            Map.entry("16 KiB", body -> body + " ".repeat(Math.max(0, 16 * 1024 - body.length()))),
            Map.entry("16 KiB and a byte", body -> body + " ".repeat(Math.max(0, 16 * 1024 + 1 - body.length()))),
            Map.entry("1 MB", body -> body + " ".repeat(1_000_000))));

    private static final Map<String, UnaryOperator<String>> FORM = new TreeMap<>(Map.ofEntries(
            Map.entry("empty", body -> ""),
            Map.entry("ampersands", body -> "&".repeat(5000)),
            Map.entry("equals", body -> "===="),
            Map.entry("twice", body -> body + "&" + body),
            Map.entry("many", body -> "a=b&".repeat(1000) + body),
            Map.entry("many at the limit", body -> "a=b&".repeat(4000)),
            Map.entry("long name", body -> "a".repeat(9000) + "=b&" + body),
            Map.entry("long value", body -> body + "a".repeat(12_000)),
            Map.entry("no name", body -> "=" + body),
            Map.entry("bad percent", body -> body + "%zz"),
            Map.entry("percent at the end", body -> body + "%"),
            Map.entry("bad percent in the name", body -> "%zz=a&" + body),
            Map.entry("NUL", body -> body + "\0"),
            Map.entry("no UTF-8", body -> body + "\u00ff%ff"),
            Map.entry("JSON", body -> "{\"token\":\"a\"}"),
            Map.entry("1 MB", body -> body + "a".repeat(1_000_000))));

    private BodyMutations() {}

    static List<Mutation> of(Operation operation) {
        List<Mutation> mutations = new ArrayList<>();
        if (operation.body() == Operation.Body.NONE) {
            mutations.add(whole("unexpected body", body -> "{\"a\":1}"));
            mutations.add(whole("unexpected 1 MB", body -> "a".repeat(1_000_000)));
            return mutations;
        }
        boolean json = operation.body() == Operation.Body.JSON;
        for (String field : operation.fields()) {
            for (String value : json ? Nasty.JSON : Nasty.ENCODED) {
                mutations.add(new Mutation(Kind.FIELD, field + "=" + value, request -> spoil(request, field, value)));
            }
            mutations.add(new Mutation(Kind.FIELD, field + " missing", request -> {
                request.hasWrongPassword |= isPassword(field);
                request.fields.removeIf(part -> isNamed(part, field));
            }));
            mutations.add(new Mutation(
                    Kind.FIELD,
                    field + " twice",
                    request -> request.fields.stream()
                            .filter(part -> isNamed(part, field))
                            .findFirst()
                            .ifPresent(part -> request.fields.add(new Part(part.name, part.value)))));
            mutations.add(new Mutation(Kind.FIELD, field + " in capitals", request -> {
                request.hasWrongPassword |= isPassword(field);
                request.fields.stream()
                        .filter(part -> isNamed(part, field))
                        .forEach(part -> part.name = part.name.toUpperCase());
            }));
        }
        (json ? JSON : FORM).forEach((name, change) -> mutations.add(whole(name, change)));
        mutations.add(new Mutation(Kind.BODY, "gzip", request -> {
            request.wholeBody = gzip(request.body());
            request.set("Content-Encoding", "gzip");
        }));
        return mutations;
    }

    private static void spoil(HostileRequest request, String field, String value) {
        request.hasWrongPassword |= isPassword(field);
        request.fields.stream().filter(part -> isNamed(part, field)).forEach(part -> part.value = value);
    }

    private static boolean isPassword(String field) {
        return field.startsWith("password");
    }

    private static boolean isNamed(Part part, String field) {
        return part.name.replace("\"", "").equals(field);
    }

    private static Mutation whole(String name, UnaryOperator<String> change) {
        return new Mutation(Kind.BODY, name, request -> request.wholeBody = change.apply(request.body()));
    }

    private static String manyFields(String body) {
        StringBuilder fields = new StringBuilder("{");
        for (int i = 0; i < 1500; i++) {
            fields.append("\"f").append(i).append("\":").append(i % 10).append(',');
        }
        return fields + body.replaceFirst("^\\{", "");
    }

    private static String recode(String body, String charset) {
        String text = new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return new String(text.getBytes(java.nio.charset.Charset.forName(charset)), StandardCharsets.ISO_8859_1);
    }

    private static String gzip(String body) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(body.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toString(StandardCharsets.ISO_8859_1);
    }
}
