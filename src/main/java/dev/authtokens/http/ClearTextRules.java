package dev.authtokens.http;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/**
 * Speaks HTTP/2 over TLS alone. A proxy that passes on the wish of a client to go over to it in clear text is a tunnel from
 * then on, past all of its rules; and an upgrade that goes wrong leaves the client without an end of the answer.
 */
@Singleton
class ClearTextRules implements HttpServerOptionsCustomizer {

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setHttp2ClearTextEnabled(false);
    }
}
