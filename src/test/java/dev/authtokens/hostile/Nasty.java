package dev.authtokens.hostile;

import static dev.authtokens.hostile.HostileRequest.utf8;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Values that programs have stumbled over, as bytes: one character (ISO-8859-1) for one of them. */
final class Nasty {

    /** Times in every form that somebody takes for one. */
    private static final List<String> TIMES = List.of(
            "0001-01-01T00:00:00Z",
            "0000-00-00T00:00:00Z",
            "2030-02-30T12:00:00Z",
            "2030-01-01T24:00:00Z",
            "2030-01-01T23:59:60Z",
            "2030-01-01T12:00:00.123456789123Z",
            "2030-01-01T12:00:00+99:99",
            "2030-01-01T12:00:00+14:00",
            "2030-01-01T12:00:00",
            "2030-01-01 12:00:00Z",
            "2030-01-01",
            "20300101T120000Z",
            "2030-W01-1",
            "Tue, 01 Jan 2030 12:00:00 GMT",
            "1893499200",
            "-1893499200000",
            "9999-12-31T23:59:59.999999Z",
            "+10000-01-01T00:00:00Z",
            "+999999999-12-31T23:59:59Z",
            "-999999999-01-01T00:00:00Z",
            "-infinity",
            "now",
            "never");

    private static final List<String> ADDRESSES = List.of(
            "@",
            "a@",
            "@example.com",
            "a@b",
            "a@@example.com",
            "\"a b\"@example.com",
            "a@[127.0.0.1]",
            "a..b@example.com",
            "a+b@example.com",
            " a@example.com ",
            "a@example.com\t",
            "<a@example.com>",
            "a@example.com,b@example.com",
            "a".repeat(64) + "@" + "b".repeat(63) + "." + "c".repeat(63) + "." + "d".repeat(63) + ".example",
            "a".repeat(300) + "@example.com");

    /** Texts without control characters, in UTF-8. */
    static final List<String> VISIBLE = Stream.of(
                    List.of(
                            "",
                            " ",
                            "null",
                            "undefined",
                            "true",
                            "0",
                            "-1",
                            "1e999999999",
                            "9223372036854775808",
                            "NaN",
                            "0x7fffffff",
                            "1,000",
                            "' or '1'='1",
                            "'; drop table users; --",
                            "\\",
                            "%",
                            "%00",
                            "%s%n%x",
                            "${jndi:ldap://localhost/x}",
                            "#{7*7}",
                            "{{7*7}}",
                            "<script>alert(1)</script>",
                            "../../../etc/passwd",
                            "..\\..\\windows",
                            "a".repeat(129),
                            "a".repeat(1025),
                            utf8("\uD83D\uDE00\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67"),
                            utf8("\u202Eelif.exe\u202C"),
                            utf8("\u200Bzero\uFEFFwidth"),
                            utf8("\u0130\u0131\u1E9E\uFB03"),
                            utf8("e\u0301\u0327".repeat(30)),
                            utf8("\uFFFE\uFFFF"),
                            utf8("\u2028\u2029\u0085"),
                            "gsa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                            "YQ",
                            "YQ==",
                            "YQ===",
                            "Y Q=",
                            "YQ\u00adQ",
                            "-_-_",
                            "/////w==",
                            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                    TIMES,
                    ADDRESSES)
            .flatMap(List::stream)
            .toList();

    /** Bytes that are no UTF-8: overlong, lone surrogates, beyond Unicode, cut off. */
    static final List<String> NO_UTF8 = List.of(
            "\u00ff\u00fe",
            "a\u0080b",
            "\u00c0\u0080",
            "\u00c0\u00ae\u00c0\u00ae/",
            "\u00ed\u00a0\u0080",
            "\u00ed\u00b0\u0080\u00ed\u00a0\u0080",
            "\u00f4\u0090\u0080\u0080",
            "\u00f8\u0088\u0080\u0080\u0080",
            "caf\u00e9",
            "\u00e2\u0082");

    static final List<String> CONTROLS = List.of(
            "\0",
            "a\0b",
            "a@example.com\0",
            "\u0007\u0008\u001b[31mred",
            "\u007f",
            "tab\there",
            "line\nfeed",
            "carriage\rreturn",
            "line\r\nInjected: yes",
            "{\"level\":\"INFO\"}\n{\"level\":\"FORGED\"}");

    /** In place of a value in JSON. */
    static final List<String> JSON = Stream.of(
                    Stream.of(
                            "null",
                            "true",
                            "0",
                            "-0",
                            "-1",
                            "1.5",
                            "1e999999999",
                            "-1e-999999999",
                            "1E400",
                            "9".repeat(2000),
                            "01",
                            "NaN",
                            "Infinity",
                            ".5",
                            "[]",
                            "[\"a\"]",
                            "{}",
                            "{\"a\":{\"a\":1,\"a\":2}}",
                            "[".repeat(2000) + "]".repeat(2000),
                            "[".repeat(8000),
                            "{\"a\":".repeat(1500) + "1" + "}".repeat(1500),
                            "'single'",
                            "unquoted",
                            "\"unterminated",
                            "\"\\ud800\"",
                            "\"\\udc00\\ud800\"",
                            "\"\\ud83d\\ude00\"",
                            "\"\\u0000\"",
                            "\"a@example.com\\u0000\"",
                            "\"\\u00zz\"",
                            "\"\\x41\"",
                            "\"\\u202e\"",
                            "\"\\r\\nInjected: yes\"",
                            "\"\\n{\\\"level\\\":\\\"FORGED\\\"}\"",
                            "/* comment */ \"a\"",
                            "\"a\", \"b\"",
                            "",
                            "\"" + "a".repeat(1_000_000) + "\"",
                            "\"" + "a".repeat(16_200) + "\"",
                            "\"" + "\\u0000".repeat(2_600) + "\""),
                    Stream.of(VISIBLE, NO_UTF8, CONTROLS)
                            .flatMap(List::stream)
                            .map(text -> "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\""))
            .flatMap(values -> values)
            .toList();

    /** In place of a value in a form, a query or a segment of a path: encoded and raw. */
    static final List<String> ENCODED = Stream.of(
                    Stream.of(
                            "%",
                            "%0",
                            "%zz",
                            "%u0041",
                            "%00",
                            "%0d%0aInjected:%20yes",
                            "%2e%2e%2f",
                            "%252e",
                            "%ed%a0%80",
                            "%c0%ae",
                            "%ff",
                            "+",
                            "%2B",
                            "a=b&c=d",
                            "[]",
                            "%5B%5D",
                            "a;b",
                            "%3b",
                            "%26",
                            "%23",
                            "a".repeat(3000)),
                    Stream.of(VISIBLE, NO_UTF8, CONTROLS)
                            .flatMap(List::stream)
                            .map(text -> URLEncoder.encode(text, StandardCharsets.ISO_8859_1)))
            .flatMap(values -> values)
            .toList();

    private Nasty() {}
}
