package dev.authtokens.audit;

import io.smallrye.common.vertx.ContextLocals;
import io.smallrye.common.vertx.VertxContext;

/**
 * Where a change comes from, for the audit log and the list of sessions. It belongs to the current request, on whatever
 * thread, or outside of requests to the process. Every part may be null.
 *
 * @param actor e-mail address of the caller, or the user of the command line; null when not logged in
 * @param traceId of the trace that the request belongs to (W3C Trace Context)
 * @param address of the client, without a port
 */
public record RequestOrigin(
        String actor,
        String requestId,
        String traceId,
        String activity,
        String commandLine,
        String address,
        String userAgent) {

    private static final String KEY = RequestOrigin.class.getName();

    private static volatile RequestOrigin process = new RequestOrigin(null, null, null, null, null, null, null);

    /** The origin of the current request, or of this process. */
    public static RequestOrigin current() {
        return VertxContext.isOnDuplicatedContext() ? ContextLocals.get(KEY, process) : process;
    }

    /** Sets the origin of the current request. */
    public void ofRequest() {
        ContextLocals.put(KEY, this);
    }

    /** Sets the origin of everything outside of requests: for a process that runs one command. */
    public void ofProcess() {
        process = this;
    }

    public RequestOrigin by(String newActor) {
        return new RequestOrigin(newActor, requestId, traceId, activity, commandLine, address, userAgent);
    }
}
