package dev.authtokens.introspection;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What proxies that cannot run in the tests make of a request when they ask about it, as their documents and sources say. */
enum ReplayedProxy {

    /** {@code ForwardAuth} of version 3.7: a GET of the address, with all headers of the request but those of its connection. */
    TRAEFIK {
        @Override
        String ask(String verify, String method, String target, List<String> headers) {
            return request("GET", verify + "/", traefik(method, target, headers));
        }
    },

    /** With {@code preserveRequestMethod}. */
    TRAEFIK_WITH_METHOD {
        @Override
        String ask(String verify, String method, String target, List<String> headers) {
            Stream<String> length = method.matches("POST|PUT|PATCH") ? Stream.of("Content-Length: 0") : Stream.of();
            return request(method, verify + "/", Stream.concat(traefik(method, target, headers), length));
        }
    },

    /** {@code ext_authz} over HTTP with a {@code path_prefix}, which Envoy Gateway configures too. */
    ENVOY {
        @Override
        String ask(String verify, String method, String target, List<String> headers) {
            return request(method, verify + BELOW + target, envoy(Set.of("authorization"), headers));
        }
    },

    /** {@code envoyExtAuthzHttp} with {@code pathPrefix} and {@code includeRequestHeadersInCheck}. */
    ISTIO {
        @Override
        String ask(String verify, String method, String target, List<String> headers) {
            return request(
                    method,
                    verify + BELOW + target,
                    envoy(Set.of("authorization", "cookie", "accept", "origin"), headers));
        }
    },

    /** Filter {@code ExternalAuth} of an {@code HTTPRoute} (GEP-1494) with {@code http.path}. */
    GATEWAY_API {
        @Override
        String ask(String verify, String method, String target, List<String> headers) {
            Stream<String> always =
                    headers.stream().filter(header -> nameOf(header).equals("authorization"));
            return request(method, verify + BELOW + target, Stream.concat(always, Stream.of("Content-Length: 0")));
        }
    };

    /** Part of the prefix that a proxy is given which appends path and query, so that the query is not the one of the proxy. */
    private static final String BELOW = "/app";

    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "upgrade", "te", "trailers", "transfer-encoding", "content-length", "keep-alive");

    /** The head of the request, which has no body. */
    abstract String ask(String verify, String method, String target, List<String> headers);

    private static Stream<String> traefik(String method, String target, List<String> headers) {
        return Stream.concat(
                headers.stream().filter(header -> !OF_THE_CONNECTION.contains(nameOf(header))),
                Stream.of(
                        "X-Forwarded-For: 10.0.0.1",
                        "X-Forwarded-Host: app.example.com",
                        "X-Forwarded-Method: " + method,
                        "X-Forwarded-Proto: https",
                        "X-Forwarded-Uri: " + target,
                        "Accept-Encoding: gzip"));
    }

    private static Stream<String> envoy(Set<String> copied, List<String> headers) {
        return Stream.concat(
                headers.stream()
                        .filter(header -> copied.contains(nameOf(header)))
                        .map(header -> nameOf(header) + header.substring(header.indexOf(':'))),
                Stream.of(
                        "content-length: 0",
                        "x-envoy-internal: true",
                        "x-forwarded-for: 10.0.0.1",
                        "x-envoy-expected-rq-timeout-ms: 200"));
    }

    private static String nameOf(String header) {
        return header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT);
    }

    private static String request(String method, String target, Stream<String> headers) {
        return method + " " + target + " HTTP/1.1\r\nHost: app.example.com\r\n"
                + headers.map(header -> header + "\r\n").collect(Collectors.joining()) + "\r\n";
    }
}
