package dev.authtokens.audit;

/** Kinds of audit events. */
public enum AuditKind {
    LOGIN,
    /** Logins that were rejected without verification, because of the throttle or overload; recorded once a minute. */
    LOGIN_THROTTLED,
    LOGOUT,
    /** A token for a program, issued on the command line; the detail is its name. */
    TOKEN_CREATED,
    /** A session that was revoked other than by its own token, or all sessions of an account. */
    TOKEN_REVOKED,
    /** A session that was revoked because its token was sent where it gets logged; the detail names the place. */
    TOKEN_LEAKED,
    USER_CREATED,
    USER_MODIFIED,
    USER_DELETED,
    PASSWORD_CHANGED
}
