package dev.authtokens.hostile;

import dev.authtokens.hostile.Mutation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Spoils paths, queries and methods. */
final class TargetMutations {

    private static final Map<String, UnaryOperator<String>> PATHS = new TreeMap<>(Map.ofEntries(
            Map.entry("dots", path -> "/a/.." + path),
            Map.entry("encoded dots", path -> "/a/%2e%2e" + path),
            Map.entry("dots of the host", path -> "/../../.." + path),
            Map.entry("dots at the end", path -> path + "../../../../etc/passwd"),
            Map.entry("double slash", path -> "/" + path),
            Map.entry("slashes", path -> path.replace("/", "//")),
            Map.entry("encoded slashes", path -> path.replaceAll("(?<!^)/", "%2F")),
            Map.entry("backslashes", path -> path.replace("/", "\\")),
            Map.entry("matrix parameter", path -> path + ";role=admin"),
            Map.entry("matrix parameter within", path -> path.replaceFirst("/v4", "/v4;jsessionid=1")),
            Map.entry("NUL", path -> path + "%00"),
            Map.entry("NUL before a suffix", path -> path + "%00.json"),
            Map.entry("CR LF", path -> path + "%0d%0aInjected:%20yes"),
            Map.entry("invalid percent", path -> path + "%zz"),
            Map.entry("percent at the end", path -> path + "%"),
            Map.entry("no UTF-8", path -> path + "%ff%fe"),
            Map.entry("raw bytes", path -> path + "\u00e9\u00ff"),
            Map.entry("suffix", path -> path + ".json"),
            Map.entry("fragment", path -> path + "#fragment"),
            Map.entry("capitals", path -> path.toUpperCase()),
            Map.entry("encoded letters", path -> path.replace("v", "%76")),
            Map.entry("without slash", path -> path.length() > 1 ? path.replaceAll("/$", "") : path),
            Map.entry("absolute", path -> "http://localhost" + path),
            Map.entry("absolute elsewhere", path -> "http://example.com:99999" + path),
            Map.entry("long", path -> path + "a".repeat(3000))));

    /** No request lines of HTTP any more. */
    private static final Map<String, UnaryOperator<String>> BROKEN_TARGETS = new TreeMap<>(Map.of(
            "too long", path -> path + "a".repeat(17_000),
            "much too long", path -> path + "a".repeat(200_000),
            "space", path -> path + " with space",
            "tab", path -> path + "\twith\ttab",
            "raw NUL", path -> path + "\0",
            "empty", path -> "",
            "asterisk", path -> "*",
            "authority", path -> "localhost:80",
            "no slash", path -> path.replaceFirst("^/", ""),
            "query only", path -> "?" + path));

    private static final List<String> QUERIES = List.of(
            "?",
            "??",
            "&",
            "=",
            "%",
            "%zz",
            "%00",
            "a=%ff",
            "a=\u00ff",
            "\u00e9=1",
            "a".repeat(3000),
            "a=b&".repeat(800),
            "[]=1",
            "a[b][c]=d",
            "%0d%0aInjected:%20yes",
            "limit",
            "limit=&limit=");

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY", "A");

    private static final List<String> BROKEN_METHODS = List.of(
            "get",
            "CONNECT",
            "PRI",
            "G\0T",
            "GET\t",
            "G\u00e9T",
            "",
            "GET /",
            "M".repeat(17_000),
            "{\"a\":1}",
            "SSH-2.0-x");

    private static final List<String> VERSIONS = List.of(
            "HTTP/1.0",
            "HTTP/0.9",
            "HTTP/1.2",
            "HTTP/2.0",
            "HTTP/3",
            "HTTP/11.1",
            "http/1.1",
            "HTTP/1.1 ",
            "HTTP/",
            "RTSP/1.0",
            "",
            "HTTP/1.1\0");

    private TargetMutations() {}

    static List<Mutation> of(Operation operation) {
        List<Mutation> mutations = new ArrayList<>();
        for (String parameter : operation.pathParameters()) {
            for (String value : Nasty.ENCODED) {
                mutations.add(new Mutation(
                        Kind.PATH, parameter + "=" + value, request -> request.setPathParameter(parameter, value)));
            }
        }
        PATHS.forEach((name, change) ->
                mutations.add(new Mutation(Kind.PATH, name, request -> request.target = change.apply(request.target))));
        BROKEN_TARGETS.forEach((name, change) -> mutations.add(new Mutation(Kind.PATH, name, request -> {
            request.target = change.apply(request.target);
            request.isBroken = true;
        })));
        for (String parameter : operation.query()) {
            for (String value : Nasty.ENCODED) {
                mutations.add(query(parameter + "=" + value));
            }
        }
        QUERIES.forEach(query -> mutations.add(query(query)));
        METHODS.forEach(method -> mutations.add(new Mutation(Kind.METHOD, method, request -> request.method = method)));
        BROKEN_METHODS.forEach(method -> mutations.add(new Mutation(Kind.METHOD, method, request -> {
            request.method = method;
            request.isBroken = true;
        })));
        VERSIONS.forEach(version -> mutations.add(new Mutation(Kind.METHOD, "version " + version, request -> {
            request.version = version;
            request.isBroken = true;
        })));
        return mutations;
    }

    private static Mutation query(String query) {
        return new Mutation(
                Kind.QUERY, query, request -> request.target += (request.target.contains("?") ? "&" : "?") + query);
    }
}
