package dev.authtokens.http;

/** The order of all handlers that a request passes, before the framework's routes and {@code authentication.AccessFilter}. */
public final class RouteOrder {

    /** Changes method and path of forward authentication, so before everything that looks at them. */
    public static final int FORWARD_AUTH = Integer.MIN_VALUE;

    /** Request id, log context and security headers, also for what fails before any route. */
    public static final int REQUEST_CONTEXT = Integer.MIN_VALUE + 1;

    /** JSON answers for failures outside of the resources. Before the framework's own failure handler. */
    public static final int FAILURES = Integer.MIN_VALUE + 2;

    /** After the request context, so that the audit log shows the request. */
    public static final int LEAKED_TOKENS = Integer.MIN_VALUE + 3;

    /** CORS headers, also on errors. */
    static final int CORS = Integer.MIN_VALUE + 4;

    /** After all that its answer needs: request id, CORS headers, and the revocation of a token that was sent in it. */
    static final int UNREADABLE = Integer.MIN_VALUE + 5;

    /** Before everything that reads the body. */
    static final int REQUEST_BODY = -500;

    private RouteOrder() {}
}
