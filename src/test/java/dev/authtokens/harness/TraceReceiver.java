package dev.authtokens.harness;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a collector of OpenTelemetry is sent, by OTLP over HTTP. */
public final class TraceReceiver implements AutoCloseable {

    /** One request, with its bytes as characters. */
    public record Export(String path, String content, byte[] body) {}

    private final HttpServer server;
    private final Queue<Export> exports = new ConcurrentLinkedQueue<>();

    public TraceReceiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exports.add(new Export(
                    exchange.getRequestURI().getPath(), new String(body, StandardCharsets.ISO_8859_1), body));
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** All that came so far, of whatever kind. */
    public List<Export> exports() {
        return List.copyOf(exports);
    }

    /** The spans that came so far. */
    public List<Span> spans() {
        return exports.stream()
                .map(TraceReceiver::parse)
                .flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .toList();
    }

    private static ExportTraceServiceRequest parse(Export export) {
        try {
            return ExportTraceServiceRequest.parseFrom(export.body());
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
