package dev.authtokens.authentication;

/** What is done about a valid token that was sent where it gets logged. */
public enum LeakAction {
    REVOKE,
    /** It is logged and counted; the token stays valid. */
    LOG,
    OFF
}
