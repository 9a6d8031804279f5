package dev.authtokens.problem;

import java.util.stream.Stream;

/** Every code that an error answer can carry, with its status and the text that is safe to show to anybody. */
public enum ProblemCode {
    INVALID_INPUT(400, "The request is not valid."),
    UNKNOWN_ATTRIBUTE(400, "The request has a field that does not exist."),
    IMMUTABLE_ATTRIBUTE(400, "The request has a field that the caller cannot change."),
    INVALID_CREDENTIALS(401, "The e-mail address or the password is wrong."),
    ACCOUNT_EXPIRED(401, "The account has expired."),
    PERMISSION_DENIED(401, "The requested resource cannot be accessed using the provided authentication details."),
    FORBIDDEN(403, "The caller is not allowed to do this."),
    RESOURCE_NOT_FOUND(404, "There is no such resource."),
    RESOURCE_ALREADY_EXISTS(409, "The resource already exists."),
    METHOD_NOT_ALLOWED(405, "The resource does not support this method."),
    NOT_ACCEPTABLE(406, "The resource is available as application/json only."),
    REQUEST_TIMEOUT(408, "The request did not arrive in time."),
    PAYLOAD_TOO_LARGE(413, "The request body is too large."),
    URI_TOO_LONG(414, "The request line is too long."),
    UNSUPPORTED_MEDIA_TYPE(415, "The content type of the request body is not the one that is expected here."),
    TOO_MANY_REQUESTS(429, "Too many requests. Try again later."),
    HEADERS_TOO_LARGE(431, "The request headers are too large."),
    INTERNAL_ERROR(500, "Something went wrong in the service."),
    NOT_YET_AVAILABLE(503, "The service is not available at the moment. Try again soon.");

    private final int status;
    private final String message;

    ProblemCode(int status, String message) {
        this.status = status;
        this.message = message;
    }

    /** The code on the wire: a 403 has that of a 401. */
    public String code() {
        return this == FORBIDDEN ? PERMISSION_DENIED.name() : name();
    }

    public int status() {
        return status;
    }

    public String message() {
        return message;
    }

    /** The code for a status that the framework chose; another 4xx is {@code INVALID_INPUT}, another 5xx an internal error. */
    static ProblemCode ofStatus(int status) {
        if (status == 401) {
            return PERMISSION_DENIED;
        }
        return Stream.of(values())
                .filter(code -> code.status == status)
                .findFirst()
                .orElse(status < 500 ? INVALID_INPUT : INTERNAL_ERROR);
    }
}
