package dev.authtokens.http;

import dev.authtokens.ServiceConfig;
import io.smallrye.common.net.CidrAddress;
import io.smallrye.common.net.Inet;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The address that a request comes from. Clients can write anything into forwarding headers, so they are read from the right,
 * where the nearest proxy appends, and only as long as each hop is a trusted proxy.
 *
 * <p>Quarkus' own proxy settings ({@code quarkus.http.proxy.*}) take the leftmost address, which the client writes
 * (quarkusio/quarkus#45005), so they are not used.
 */
@Singleton
class ClientAddress {

    private static final Logger LOG = Logger.getLogger(ClientAddress.class);

    /** An address, IPv6 perhaps in brackets, and perhaps a port. */
    private static final Pattern HOP = Pattern.compile(
            "\\s*+(?:\\[(?<v6>[0-9A-Fa-f:.]++)](?::\\d++)?|(?<v4>[0-9.]++)(?::\\d++)?|(?<bare>[0-9A-Fa-f:.]++))\\s*+");

    /** The parameter of one element of {@code Forwarded} (RFC 7239, section 4). */
    private static final Pattern FOR = Pattern.compile("(?i)(?:^|;)\\s*+for=\"?+(?<hop>[^\";]++)");

    /** Values in quotes: the client may have written those of other parameters, such as {@code host}. */
    private static final Pattern QUOTED = Pattern.compile("(?i)(?<hop>for=\"[^\"]*+\")|\"(?:[^\"\\\\]|\\\\.)*+\"");

    private final List<CidrAddress> trusted;
    private final ForwardedHeader header;
    private final AtomicBoolean warned = new AtomicBoolean();

    @Inject
    ClientAddress(ServiceConfig config) {
        this(config.http().trustedProxies().orElse(List.of()), config.http().forwardedHeader());
    }

    ClientAddress(List<CidrAddress> trusted, ForwardedHeader header) {
        this.trusted = trusted;
        this.header = header;
    }

    /** In the shortest form, without a port; null when the connection has none. */
    String of(HttpServerRequest request) {
        // The connection's, since the request's own may come from a header.
        SocketAddress peer = request.connection().remoteAddress();
        return peer == null ? null : find(peer.hostAddress(), request.headers().getAll(header.headerName()));
    }

    /**
     * @param peer the address of who connected; null, and so is the result, where that is no internet address
     * @param values of the header, from the first line to the last
     */
    String find(String peer, List<String> values) {
        return Optional.ofNullable(peer)
                .flatMap(address -> read(withoutZone(address)))
                .map(address -> Inet.toOptimalString(client(address, values)))
                .orElse(null);
    }

    private InetAddress client(InetAddress peer, List<String> values) {
        if (!values.isEmpty() && !isTrusted(peer) && warned.compareAndSet(false, true)) {
            LOG.warnf(
                    "Ignored the header %s of %s, which is not a trusted proxy. If it is your proxy, add it to"
                            + " auth-tokens.http.trusted-proxies: until then all of its clients share one address, and one"
                            + " limit of failed logins",
                    header.headerName(), Inet.toOptimalString(peer));
        }
        InetAddress client = peer;
        String hops = String.join(",", values);
        int end = hops.length();
        while (end >= 0 && isTrusted(client)) {
            int comma = lastComma(hops, end);
            String last = hops.substring(comma + 1, end);
            end = comma;
            Optional<InetAddress> hop = header == ForwardedHeader.FORWARDED ? forwarded(last) : parse(last);
            if (hop.isEmpty()) {
                // "unknown", an obfuscated name or not an address: the proxy that wrote it is the last known hop.
                break;
            }
            client = hop.get();
        }
        return client;
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(proxies -> proxies.matches(address));
    }

    /**
     * The last comma before the end and outside of quotes; -1 for none. Quotes pair from the right, where proxies wrote: from
     * the left, one that a client left open would pair with the first quote of a proxy.
     */
    private static int lastComma(String elements, int end) {
        boolean isQuoted = false;
        for (int i = end - 1; i >= 0; i--) {
            char character = elements.charAt(i);
            if (character == ',' && !isQuoted) {
                return i;
            }
            isQuoted ^= character == '"' && !isEscaped(elements, i);
        }
        return -1;
    }

    /** Whether an odd number of backslashes precedes. */
    private static boolean isEscaped(String text, int index) {
        int first = index;
        while (first > 0 && text.charAt(first - 1) == '\\') {
            first--;
        }
        return (index - first) % 2 == 1;
    }

    private static Optional<InetAddress> forwarded(String element) {
        Matcher parameter = FOR.matcher(QUOTED.matcher(element).replaceAll("${hop}"));
        return parameter.find() ? parse(parameter.group("hop")) : Optional.empty();
    }

    private static Optional<InetAddress> parse(String text) {
        Matcher hop = HOP.matcher(text);
        if (!hop.matches()) {
            return Optional.empty();
        }
        return read(Stream.of("v6", "v4", "bare")
                .map(hop::group)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow());
    }

    private static String withoutZone(String address) {
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    private static Optional<InetAddress> read(String address) {
        byte[] bytes = address.indexOf(':') < 0
                ? Inet.parseInet4AddressToBytes(address)
                : Inet.parseInet6AddressToBytes(address);
        try {
            // An IPv4 address that is mapped into IPv6 becomes one of IPv4.
            return bytes == null ? Optional.empty() : Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
