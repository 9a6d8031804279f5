package dev.authtokens.audit;

import io.smallrye.common.vertx.ContextLocals;
import io.smallrye.common.vertx.VertxContext;

/**
 * Where a change comes from: the current request, on whatever thread, or outside of requests the process. Every part may
 * be null. The actor is an e-mail address, or the user of the command line; the address has no port.
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
    public void setForRequest() {
        ContextLocals.put(KEY, this);
    }

    /** Sets the origin of everything outside of requests: for a process that runs one command. */
    public void setForProcess() {
        process = this;
    }

    public RequestOrigin withActor(String newActor) {
        return new RequestOrigin(newActor, requestId, traceId, activity, commandLine, address, userAgent);
    }
}
