package dev.authtokens.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** A real nginx, HAProxy, Caddy or Apache that listens on a free port of 127.0.0.1. */
public final class ReverseProxy implements AutoCloseable {

    private static final String NGINX_CONFIG = """
            daemon off;
            master_process off;
            pid %1$s/pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                client_body_temp_path %1$s/body;
                proxy_temp_path %1$s/proxy;
                server {
                    listen 127.0.0.1:%2$d;
                    %3$s
                }
            }
            """;

    private static final String CADDY_CONFIG = """
            {
                admin off
                auto_https off
                storage file_system %s
            }
            """;

    private static final String APACHE_CONFIG = """
            ServerName localhost
            PidFile %s/pid
            ErrorLog /dev/stderr
            Listen 127.0.0.1:%d
            """;

    private static final List<String> APACHE_MODULES =
            List.of("mpm_event", "authz_core", "proxy", "proxy_http", "proxy_wstunnel", "lua");

    private final Process process;
    private final int port;

    private ReverseProxy(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** @param server the rest of its {@code server} block */
    public static ReverseProxy nginx(String server) {
        Path executable = Tool.require("nginx");
        int port = ServiceProcess.freePort();
        Path folder = temporaryFolder();
        Path config = write(folder.resolve("nginx.conf"), NGINX_CONFIG.formatted(folder, port, server));
        return start(port, executable, "-c", config.toString(), "-p", folder.toString());
    }

    /** @param config makes the configuration for its port */
    public static ReverseProxy haproxy(IntFunction<String> config) {
        Path executable = Tool.require("haproxy");
        int port = ServiceProcess.freePort();
        Path file = write(temporaryFolder().resolve("haproxy.cfg"), config.apply(port));
        return start(port, executable, "-db", "-f", file.toString());
    }

    /** @param site makes the configuration of its site, for its port */
    public static ReverseProxy caddy(IntFunction<String> site) {
        Path executable = Tool.require("caddy");
        int port = ServiceProcess.freePort();
        Path folder = temporaryFolder();
        Path file = write(folder.resolve("Caddyfile"), CADDY_CONFIG.formatted(folder) + site.apply(port));
        return start(port, executable, "run", "--config", file.toString(), "--adapter", "caddyfile");
    }

    /**
     * With mod_lua and LuaSocket.
     *
     * @param server makes the rest of the configuration, for its port
     */
    public static ReverseProxy apache(IntFunction<String> server) {
        Path executable = Tool.require("apache2");
        Tool.requireFile("lua-socket", Path.of("/usr/share/lua/5.3/socket/http.lua"));
        int port = ServiceProcess.freePort();
        Path folder = temporaryFolder();
        StringBuilder config = new StringBuilder();
        for (String module : APACHE_MODULES) {
            config.append("LoadModule %1$s_module /usr/lib/apache2/modules/mod_%1$s.so%n".formatted(module));
        }
        config.append(APACHE_CONFIG.formatted(folder, port)).append(server.apply(port));
        Path file = write(folder.resolve("apache2.conf"), config.toString());
        return start(port, executable, "-DFOREGROUND", "-f", file.toString());
    }

    private static ReverseProxy start(int port, Path executable, String... arguments) {
        List<String> command = new ArrayList<>(List.of(executable.toString()));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            ServiceProcess.awaitPort(process, port);
            return new ReverseProxy(process, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Temporary.folder("proxy");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    @Override
    public void close() {
        process.destroy();
    }
}
