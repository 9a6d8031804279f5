package dev.authtokens.http;

/**
 * The order of all handlers and filters that a request passes, from first to last. After the last of these come the
 * framework's own routes and the resources.
 */
public final class RouteOrder {

    /** Request id, log context and security headers, also for what fails before any route. */
    public static final int REQUEST_CONTEXT = Integer.MIN_VALUE;

    /** JSON answers for failures outside of the resources. Before the framework's own failure handler. */
    public static final int FAILURES = Integer.MIN_VALUE + 1;

    /** After the request context, so that the audit log shows the request. */
    public static final int LEAKED_TOKENS = Integer.MIN_VALUE + 2;

    /** CORS headers, also on errors. */
    public static final int CORS = Integer.MIN_VALUE + 3;

    /** Before everything that reads the body; after the framework's body-independent routes, such as CORS and metrics. */
    public static final int REQUEST_BODY = -500;

    private RouteOrder() {}
}
