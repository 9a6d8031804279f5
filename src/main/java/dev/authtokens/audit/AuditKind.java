package dev.authtokens.audit;

/** What an audit event tells of. */
public enum AuditKind {
    LOGIN,
    /** Logins that were refused without looking at them, since too many came at once or failed; told once a minute. */
    LOGIN_THROTTLED,
    LOGOUT,
    /** A session that was ended other than by its own token, or all of an account. */
    TOKEN_REVOKED,
    /** A session that was ended since its token was shown where others can read it: in a header or the address of a request. */
    TOKEN_LEAKED,
    USER_CREATED,
    USER_MODIFIED,
    USER_DELETED,
    PASSWORD_CHANGED
}
