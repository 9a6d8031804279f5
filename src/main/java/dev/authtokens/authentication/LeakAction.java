package dev.authtokens.authentication;

/** What is done about a valid token that was sent where it gets logged. */
public enum LeakAction {
    REVOKE,
    /** The log and a metric tell of it; the token stays valid. */
    LOG,
    OFF
}
