package dev.authtokens.audit;

import io.smallrye.common.vertx.ContextLocals;
import io.smallrye.common.vertx.VertxContext;

/**
 * Where a change comes from: what the audit trail and the list of sessions tell about it. It belongs to the request that is
 * being answered, on whatever thread that goes on; outside of requests, to the process. Every part may be null.
 *
 * @param actor e-mail address of who is calling, or what runs the command line; null for somebody who is not logged in
 * @param address of the client, without a port
 */
public record Origin(
        String actor, String requestId, String activity, String commandLine, String address, String userAgent) {

    private static final String KEY = Origin.class.getName();

    private static volatile Origin process = new Origin(null, null, null, null, null, null);

    /** The origin of what the current request, or this process, is doing. */
    public static Origin current() {
        return VertxContext.isOnDuplicatedContext() ? ContextLocals.get(KEY, process) : process;
    }

    /** Makes this the origin of all that the current request does from now on. */
    public void ofRequest() {
        ContextLocals.put(KEY, this);
    }

    /** Makes this the origin of all that happens outside of requests: for a process that runs one command. */
    public void ofProcess() {
        process = this;
    }

    public Origin by(String newActor) {
        return new Origin(newActor, requestId, activity, commandLine, address, userAgent);
    }
}
