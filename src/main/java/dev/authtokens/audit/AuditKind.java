package dev.authtokens.audit;

/** What an audit event tells of. */
public enum AuditKind {
    LOGIN,
    /** Logins that were refused without looking at them, since too many came at once; told once a minute. */
    LOGIN_THROTTLED,
    LOGOUT,
    /** A session that was ended other than by its own token, or all of an account. */
    TOKEN_REVOKED,
    USER_CREATED,
    USER_MODIFIED,
    USER_DELETED,
    PASSWORD_CHANGED
}
