package dev.authtokens.harness;

import dev.authtokens.access.Role;
import dev.authtokens.password.PasswordHasher;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Makes accounts for tests. Each has an e-mail address of its own, so that tests do not disturb each other. */
public final class Accounts {

    public static final String PASSWORD = "correct horse battery staple";

    private static final String HASH = hasher().hash(PASSWORD.getBytes(StandardCharsets.UTF_8));

    private Accounts() {}

    /** Without a pepper, as the service under test. */
    public static PasswordHasher hasher() {
        return new PasswordHasher(10, Optional.empty(), List.of());
    }

    public static String create() {
        return create(Role.USER, null);
    }

    public static String create(Role role, Instant expiresAt) {
        return createWithHash(HASH, role, expiresAt);
    }

    public static String createWithHash(String hash, Role role, Instant expiresAt) {
        return insert("user-" + UUID.randomUUID() + "@example.com", hash, role, expiresAt);
    }

    public static String createAs(String email) {
        return insert(email, HASH, Role.USER, null);
    }

    private static String insert(String email, String hash, Role role, Instant expiresAt) {
        Postgres.execute(
                ServiceDatabase.url(),
                "insert into users (email, email_canonical, password_hash, role, created_at, expires_at)"
                        + " values (?, ?, ?, ?, now(), ?)",
                email,
                email,
                hash,
                role.name(),
                expiresAt == null ? null : expiresAt.atOffset(ZoneOffset.UTC));
        return email;
    }

    public static void expire(String email) {
        Postgres.execute(
                ServiceDatabase.url(),
                "update users set expires_at = now() - interval '1 hour' where email = ?",
                email);
    }

    public static String hashOf(String email) {
        return (String) Postgres.query(ServiceDatabase.url(), "select password_hash from users where email = ?", email)
                .get(0);
    }

    public static void setHash(String email, String hash) {
        Postgres.execute(ServiceDatabase.url(), "update users set password_hash = ? where email = ?", hash, email);
    }

    /** Puts the issue of the account's tokens back by an interval of PostgreSQL. */
    public static void ageTokens(String email, String interval) {
        Postgres.execute(
                ServiceDatabase.url(),
                "update auth_tokens set created_at = created_at - ?::interval"
                        + " where user_id = (select id from users where email = ?)",
                interval,
                email);
    }
}
