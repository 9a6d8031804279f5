package dev.authtokens.harness;

import dev.authtokens.access.Role;
import dev.authtokens.password.PasswordHasher;
import io.quarkus.arc.Arc;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32;

/** Makes accounts for tests. Each has an e-mail address of its own, so that tests do not disturb each other. */
public final class Accounts {

    public static final String PASSWORD = "correct horse battery staple";

    private static final String HASH = hasher().hash(PASSWORD.getBytes(StandardCharsets.UTF_8));

    private static final SecureRandom RANDOM = new SecureRandom();

    private Accounts() {}

    /** As the service under test: that of this process, or one with the defaults. */
    public static PasswordHasher hasher() {
        return Arc.container() == null
                ? new PasswordHasher(10, Optional.empty(), List.of())
                : Arc.container().instance(PasswordHasher.class).get();
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

    /** A valid token of the account, without the work of a login. */
    public static String token(String email) {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        CRC32 checksum = new CRC32();
        checksum.update(random);
        byte[] secret = ByteBuffer.allocate(36)
                .put(random)
                .putInt((int) checksum.getValue())
                .array();
        Postgres.execute(
                ServiceDatabase.url(),
                "insert into auth_tokens (digest, id, user_id, created_at)"
                        + " select sha256(?), ?, id, clock_timestamp() from users where email = ?",
                random,
                UUID.randomUUID(),
                email);
        return "gsa_" + Base64.getUrlEncoder().encodeToString(secret);
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

    /** How many logins to the account failed in a row. */
    public static int failedLogins(String email) {
        return ((Number) Postgres.query(
                                ServiceDatabase.url(),
                                "select coalesce(sum(failures), 0) from login_attempts"
                                        + " where account = (select int8send(id) from users where email = ?)",
                                email)
                        .get(0))
                .intValue();
    }
}
