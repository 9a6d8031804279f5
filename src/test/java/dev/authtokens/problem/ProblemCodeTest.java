package dev.authtokens.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemCodeTest {

    @ParameterizedTest
    @CsvSource({
        "400, INVALID_INPUT, 400",
        "401, PERMISSION_DENIED, 401",
        "402, INVALID_INPUT, 400",
        "403, PERMISSION_DENIED, 403",
        "404, RESOURCE_NOT_FOUND, 404",
        "405, METHOD_NOT_ALLOWED, 405",
        "406, NOT_ACCEPTABLE, 406",
        "409, RESOURCE_ALREADY_EXISTS, 409",
        "413, PAYLOAD_TOO_LARGE, 413",
        "414, URI_TOO_LONG, 414",
        "415, UNSUPPORTED_MEDIA_TYPE, 415",
        "422, INVALID_INPUT, 400",
        "429, TOO_MANY_REQUESTS, 429",
        "431, HEADERS_TOO_LARGE, 431",
        "499, INVALID_INPUT, 400",
        "500, INTERNAL_ERROR, 500",
        "501, INTERNAL_ERROR, 500",
        "502, INTERNAL_ERROR, 500",
        "503, NOT_YET_AVAILABLE, 503",
        "504, INTERNAL_ERROR, 500",
        "599, INTERNAL_ERROR, 500",
    })
    void everyStatusHasACode(int status, String code, int answered) {
        assertEquals(code, ProblemCode.ofStatus(status).code());
        assertEquals(answered, ProblemCode.ofStatus(status).status());
    }

    @ParameterizedTest
    @EnumSource
    void everyCodeHasAnErrorStatusAndAText(ProblemCode code) {
        assertEquals(code.status(), ProblemCode.ofStatus(code.status()).status());
        assertEquals(1, code.status() / 400);
        assertFalse(code.message().isBlank());
    }

    @ParameterizedTest
    @EnumSource(names = "FORBIDDEN", mode = EnumSource.Mode.EXCLUDE)
    void codesAreTheirNames(ProblemCode code) {
        assertEquals(code.name(), code.code());
    }
}
