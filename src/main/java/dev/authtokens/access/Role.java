package dev.authtokens.access;

/** What an account may do. */
public enum Role {
    /** Acts on its own account. */
    USER,
    /** Acts on every account. */
    ADMIN
}
