package dev.authtokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.smallrye.common.net.Inet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

    private static final String PROXY = "127.0.0.1";

    private final ClientAddress xForwardedFor = behindProxies(ForwardedHeader.X_FORWARDED_FOR);
    private final ClientAddress forwarded = behindProxies(ForwardedHeader.FORWARDED);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1 | 192.0.2.1",
                "192.0.2.1:4711 | 192.0.2.1",
                "198.51.100.9, 192.0.2.1 | 192.0.2.1",
                "198.51.100.9,192.0.2.1 ,10.1.2.3 | 192.0.2.1",
                "10.9.9.9, 192.0.2.1, 10.1.2.3 | 192.0.2.1",
                "nonsense, 192.0.2.1 | 192.0.2.1",
                "10.1.2.3, 10.1.2.4 | 10.1.2.3",
                "2001:DB8:0:0::1 | 2001:db8::1",
                "[2001:db8::1] | 2001:db8::1",
                "[2001:db8::1]:4711 | 2001:db8::1",
                "2001:db8::1, fd00::7 | 2001:db8::1",
                "::ffff:192.0.2.1 | 192.0.2.1",
                "192.0.2.1, ::ffff:10.1.2.3 | 192.0.2.1"
            })
    void isTheRightmostHopThatIsNoTrustedProxy(String header, String address) {
        assertEquals(address, xForwardedFor.find(PROXY, List.of(header)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "for=192.0.2.1 | 192.0.2.1",
                "For=\"192.0.2.1:4711\";proto=https | 192.0.2.1",
                "by=10.1.2.3; FOR=192.0.2.1 | 192.0.2.1",
                "proto=https;for=\"[2001:db8::1]:4711\";host=example.com | 2001:db8::1",
                "for=198.51.100.9, for=192.0.2.1, for=10.1.2.3 | 192.0.2.1",
                "for=\"198.51.100.9, for=192.0.2.1 | 192.0.2.1",
                "for=\"192.0.2.1\";host=\"x;for=6.6.6.6\" | 192.0.2.1",
                "host=\"x;for=6.6.6.6\";for=192.0.2.1 | 192.0.2.1",
                "for=192.0.2.1;host=\"x, for=6.6.6.6\" | 192.0.2.1",
                "for=192.0.2.1;host=\"x\\\", for=6.6.6.6\" | 192.0.2.1",
                "for=192.0.2.1;host=\"for=\" | 192.0.2.1",
                "for=6.6.6.6;host=\", for=\"[2001:db8::9]\" | 2001:db8::9",
                "for=6.6.6.6;host=\", proto=http;for=\"[2001:db8::9]\";host=\"a\" | 2001:db8::9",
                "for=6.6.6.6;host=\", host=\"h\";for=192.0.2.1 | 192.0.2.1",
                "for=6.6.6.6;host=\"x\\, for=\"192.0.2.1\" | 192.0.2.1",
                "for=6.6.6.6;host=\", for=\"192.0.2.1\", for=\"10.1.2.3\" | 192.0.2.1",
                "for=192.0.2.1, for=_hidden | 127.0.0.1",
                "for=unknown | 127.0.0.1",
                "xfor=192.0.2.1 | 127.0.0.1",
                "192.0.2.1 | 127.0.0.1",
                "for= | 127.0.0.1",
                "for=\" | 127.0.0.1"
            })
    void isReadFromTheStandardHeaderWhereTheProxiesWriteThat(String header, String address) {
        assertEquals(address, forwarded.find(PROXY, List.of(header)));
    }

    @Test
    void isFoundOverSeveralLinesOfTheHeader() {
        assertEquals(
                "192.0.2.1", xForwardedFor.find(PROXY, List.of("198.51.100.9", "192.0.2.1", "10.1.2.3, 10.1.2.4")));
        assertEquals(
                "2001:db8::9",
                forwarded.find(PROXY, List.of("for=6.6.6.6;host=\"", "proto=http;for=\"[2001:db8::9]\"")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "2001:db8::7", "11.0.0.1", "fe00::1"})
    void isThatOfTheConnectionWhereThatIsNoProxy(String peer) {
        assertEquals(peer, xForwardedFor.find(peer, List.of("198.51.100.9")));
        assertEquals(peer, forwarded.find(peer, List.of("for=198.51.100.9")));
    }

    @Test
    void isThatOfTheConnectionWhereThereIsNoHeader() {
        assertEquals(PROXY, xForwardedFor.find(PROXY, List.of()));
        assertEquals("fe80::1", xForwardedFor.find("fe80:0:0:0:0:0:0:1%eth0", List.of()));
        assertNull(xForwardedFor.find(null, List.of("198.51.100.9")));
        assertNull(xForwardedFor.find("/var/run/socket", List.of("198.51.100.9")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                ",,,,",
                "unknown",
                "_hidden",
                "192.0.2",
                "192.0.2.256",
                "192.0.2.1.",
                "1",
                ":",
                ".",
                "[",
                "[]",
                "]",
                "[::1",
                "::1]",
                ":::",
                "::1::2",
                "fe80::1%eth0",
                "192.0.2.1:",
                "192.0.2.1:x",
                "\"192.0.2.1\"",
                "for=192.0.2.1",
                "\u00e9",
                "\u0000",
                "\ud800",
                "198.51.100.9, unknown",
                "12345:6789:1:1:1:1:1:1",
                "1:2:3:4:5:6:7:8:9",
                "99999999999999999999",
                "192.0.2.1:99999999999999999999x",
                "::ffff:192.0.2.256"
            })
    void aHopThatCannotBeReadLeavesTheProxyThatWroteIt(String header) {
        assertEquals(PROXY, xForwardedFor.find(PROXY, List.of(header)));
    }

    @Test
    void manyHopsAreReadToTheLast() {
        assertEquals("192.0.2.1", xForwardedFor.find(PROXY, List.of("192.0.2.1" + ", 10.1.2.3".repeat(10_000))));
    }

    private static ClientAddress behindProxies(ForwardedHeader header) {
        return new ClientAddress(
                Stream.of("127.0.0.0/8", "10.0.0.0/8", "fd00::/8")
                        .map(Inet::parseCidrAddress)
                        .toList(),
                header);
    }
}
