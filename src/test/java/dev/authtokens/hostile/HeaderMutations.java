package dev.authtokens.hostile;

import dev.authtokens.hostile.HostileRequest.Part;
import dev.authtokens.hostile.Mutation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Spoils headers, and what frames a body. */
final class HeaderMutations {

    /** Each with every nasty value. */
    private static final List<String> NAMES = List.of(
            "X-Request-ID",
            "X-Giant-Swarm-Activity",
            "X-Giant-Swarm-CmdLine",
            "Authorization",
            "Content-Type",
            "Accept",
            "Accept-Charset",
            "Accept-Encoding",
            "Accept-Language",
            "Content-Encoding",
            "User-Agent",
            "Cookie",
            "Origin",
            "Host",
            "X-Forwarded-For",
            "Forwarded",
            "traceparent",
            "X-Unknown");

    /** Each by itself: the name, the value, and what may break HTTP. */
    private static final Map<String, List<String>> ONES = Map.ofEntries(
            Map.entry(
                    "Authorization",
                    List.of(
                            "giantswarm",
                            "Bearer",
                            "Bearer ",
                            "Basic YTpi",
                            "Basic",
                            "Basic OjpiOmM=",
                            "Basic !!!!",
                            "Digest username=\"a\"",
                            "Negotiate YII=",
                            "giantswarm a b",
                            "Bearer,Bearer",
                            "giantswarm\tx",
                            "AWS4-HMAC-SHA256 x",
                            "giantswarm gsa_",
                            "Bearer " + "A".repeat(5000),
                            "giantswarm gsa_" + "-".repeat(48),
                            "giantswarm gsa_" + "\u00e9".repeat(48))),
            Map.entry(
                    "Content-Type",
                    List.of(
                            "text/plain",
                            "application/xml",
                            "application/json; charset=utf-16",
                            "application/json; charset=nope",
                            "application/json; charset=",
                            "application/json;charset=\"",
                            "application/json;;;",
                            "APPLICATION/JSON",
                            "application/*",
                            "*/*",
                            "application",
                            "/",
                            ";",
                            "application/json, text/plain",
                            "application/problem+json",
                            "application/vnd.api+json",
                            "multipart/form-data",
                            "multipart/form-data; boundary=",
                            "multipart/form-data; boundary=a",
                            "application/x-www-form-urlencoded; charset=nope",
                            "application/x-www-form-urlencoded",
                            "text/html",
                            "application/octet-stream",
                            "application/x-java-serialized-object",
                            "application/grpc")),
            Map.entry(
                    "Accept",
                    List.of(
                            "text/html",
                            "application/json;q=0",
                            "*/*;q=0",
                            "*/*;q=2",
                            "*/*;q=-1",
                            "*/*;q=nope",
                            "application/*",
                            "application/json;q",
                            ",,,",
                            "a/b/c",
                            "application/json; charset=nope",
                            "text/event-stream",
                            "a/b,".repeat(500))),
            Map.entry("Accept-Encoding", List.of("gzip", "br, zstd", "identity;q=0", "*;q=0", "gzip;q=nope")),
            Map.entry("Content-Encoding", List.of("gzip", "br", "deflate", "identity", "gzip, gzip", "nope")),
            Map.entry("X-HTTP-Method-Override", List.of("GET", "DELETE", "PUT", "\0")),
            Map.entry("X-Method-Override", List.of("DELETE")),
            Map.entry("X-HTTP-Method", List.of("DELETE")),
            Map.entry("X-Original-URL", List.of("/v4/users/")),
            Map.entry("X-Rewrite-URL", List.of("/v4/users/")),
            Map.entry("X-Forwarded-Proto", List.of("https", "nope")),
            Map.entry("X-Forwarded-Host", List.of("example.com", "a\u00e9")),
            Map.entry("X-Forwarded-Prefix", List.of("/../..", "//example.com")),
            Map.entry("Expect", List.of("100-continue", "200-ok", "nope")),
            Map.entry("Range", List.of("bytes=0-0", "bytes=-1", "nope")),
            Map.entry("If-None-Match", List.of("*", "\"a\"")),
            Map.entry("If-Modified-Since", List.of("nope", "Tue, 01 Jan 2030 12:00:00 GMT")),
            Map.entry("Origin", List.of("null", "https://evil.example", "file://", "https://a b")),
            Map.entry("Access-Control-Request-Method", List.of("DELETE", "nope")),
            Map.entry(
                    "Host",
                    List.of("", "a b", "localhost:99999", "[::1", "example.com@evil.example", "a/b", "a".repeat(2000))),
            Map.entry("Proxy-Connection", List.of("keep-alive")),
            Map.entry("Trailer", List.of("X-Request-ID")),
            Map.entry("Max-Forwards", List.of("0", "-1")));

    /** May break HTTP: the HTTP server may refuse these itself. */
    private static final List<Part> BREAKING = List.of(
            new Part("Content-Length", "0"),
            new Part("Content-Length", "-1"),
            new Part("Content-Length", "+5"),
            new Part("Content-Length", "0x10"),
            new Part("Content-Length", "1e3"),
            new Part("Content-Length", "99999999999999999999"),
            new Part("Content-Length", "5, 5"),
            new Part("Content-Length", ""),
            new Part("Transfer-Encoding", "chunked"),
            new Part("Transfer-Encoding", "gzip, chunked"),
            new Part("Transfer-Encoding", "identity"),
            new Part("Transfer-Encoding", "\u000bchunked"),
            new Part("Transfer-Encoding", "nope"),
            new Part("Connection", "close"),
            new Part(
                    "Connection",
                    "Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
            new Part("Connection", "Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: !!!"),
            new Part("Connection", "Upgrade\r\nUpgrade: h2c"),
            new Part(
                    "Connection",
                    "Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
            new Part("Connection", "Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: nope"),
            new Part("Connection", "Upgrade\r\nUpgrade: TLS/1.2"),
            new Part("Host", "localhost\r\nHost: example.com"),
            new Part("X-Folded", "a\r\n b\r\n\tInjected: yes"),
            new Part("X-Request-ID", "a\r\n b"),
            new Part(" X-Space-Before", "a"),
            new Part("X-Space-Behind ", "a"),
            new Part("X Space Within", "a"),
            new Part("", "no name"),
            new Part("X-\u00e9", "a"),
            new Part("X-\0", "a"),
            new Part("X-Colon:", ":"),
            new Part("X-Long", "a".repeat(7000)),
            new Part("X-Longer", "a".repeat(9000)),
            new Part("X-Longest", "a".repeat(100_000)),
            new Part("N".repeat(9000), "a"),
            new Part("X-Many", "a" + "\r\nX-Many: a".repeat(400)),
            new Part("X-Too-Many", "a" + "\r\nX-Many: a".repeat(3000)),
            new Part("Authorization", "Bearer a\r\nAuthorization: giantswarm b"),
            new Part("Content-Type", "application/json\r\nContent-Type: text/plain"));

    private static final List<Part> FRAMES = List.of(
            new Part("chunked", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            new Part("chunk with extension", "Transfer-Encoding: chunked\r\n\r\n2;a=\"b\"\r\n{}\r\n0\r\n\r\n"),
            new Part(
                    "chunk with trailers",
                    "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Request-ID: a\r\nInjected: yes\r\n\r\n"),
            new Part("no chunk", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            new Part(
                    "chunks of a byte", "Transfer-Encoding: chunked\r\n\r\n" + "1\r\n{\r\n".repeat(3000) + "0\r\n\r\n"),
            new Part("negative chunk", "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n"),
            new Part("huge chunk", "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
            new Part("chunk of nonsense", "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
            new Part("chunk without an end", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n"),
            new Part("endless trailers", "Transfer-Encoding: chunked\r\n\r\n0\r\n" + "A: b\r\n".repeat(5000) + "\r\n"),
            new Part("both lengths", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            new Part(
                    "both lengths, other order",
                    "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            new Part("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
            new Part("length twice", "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
            new Part("smuggled request", "Content-Length: 2\r\n\r\n{}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"),
            new Part("line feeds alone", "Content-Length: 2\n\n{}"),
            new Part("carriage returns alone", "Content-Length: 2\r\r{}\r\n\r\n"),
            new Part("no headers' end", "X-A: b\r\nnonsense\r\n\r\n"),
            new Part("empty lines", "\r\n\r\n\r\n\r\n"));

    private HeaderMutations() {}

    static List<Mutation> of(Operation operation) {
        List<Mutation> mutations = new ArrayList<>();
        for (String name : NAMES) {
            Stream.of(Nasty.VISIBLE, Nasty.NO_UTF8)
                    .flatMap(List::stream)
                    .forEach(value -> mutations.add(header(name, value, false)));
            Nasty.CONTROLS.forEach(value -> mutations.add(header(name, value, true)));
            mutations.add(header(name, "a\r\n" + name + ": b", name.equals("Host")));
            mutations.add(new Mutation(Kind.HEADER, "no " + name, request -> request.remove(name)));
        }
        ONES.forEach(
                (name, values) -> values.forEach(value -> mutations.add(header(name, value, value.contains("\0")))));
        BREAKING.forEach(part -> mutations.add(header(part.name, part.value, true)));
        FRAMES.forEach(frame -> mutations.add(new Mutation(Kind.FRAMING, frame.name, request -> {
            request.framedBody = frame.value;
            request.isBroken = true;
        })));
        return mutations;
    }

    private static Mutation header(String name, String value, boolean breaks) {
        return new Mutation(Kind.HEADER, name + ": " + value, request -> {
            request.set(name, value);
            request.isBroken |= breaks;
        });
    }
}
