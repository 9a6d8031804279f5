package dev.authtokens.hostile;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.RawConnection.Answer;
import dev.authtokens.hostile.HostileRequest.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Sends requests, valid ones to begin with, over a connection that it keeps, as accounts that no other attacker has. */
final class Attacker implements AutoCloseable {

    /** That of the service; some bodies are shorter than they say. */
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);

    private static final String HASH =
            Accounts.hasher().hash(Accounts.PASSWORD.getBytes(java.nio.charset.StandardCharsets.UTF_8));

    private final int port;
    private final String database;
    private final String victim;
    private final Map<Role, String> emails = new EnumMap<>(Role.class);
    private final Map<Role, String> tokens = new EnumMap<>(Role.class);
    private RawConnection connection;

    Attacker(int port, String database, int number) {
        this.port = port;
        this.database = database;
        this.victim = "victim-" + number + "@example.com";
        for (Role role : Role.values()) {
            emails.put(role, role.wireName() + "-" + number + "@example.com");
        }
    }

    /** The accounts as they were, and a valid token of each. */
    void restore() throws IOException {
        account(victim, Role.USER);
        for (Role role : Role.values()) {
            account(emails.get(role), role);
            if (!tokens.containsKey(role) || verify(tokens.get(role)).status() == 401) {
                tokens.put(role, logIn(emails.get(role)));
            }
        }
    }

    private void account(String email, Role role) {
        Postgres.execute(
                database,
                "insert into users (email, email_canonical, password_hash, role, created_at) values (?, ?, ?, ?, now())"
                        + " on conflict (email_canonical) do update"
                        + " set password_hash = excluded.password_hash, role = excluded.role, expires_at = null",
                email,
                email,
                HASH,
                role.name());
    }

    private String logIn(String email) throws IOException {
        String body = "{\"email\":\"" + email + "\",\"password_base64\":\"" + Api.base64(Accounts.PASSWORD) + "\"}";
        while (true) {
            Answer answer = exchange(
                            ("POST " + Api.TOKENS + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                            false)
                    .orElseThrow();
            if (answer.status() == 200) {
                return answer.text().split("\"")[3];
            }
            if (answer.status() != 429) {
                throw new AssertionError("The login of " + email + " fails: " + answer);
            }
        }
    }

    private Answer verify(String token) throws IOException {
        return exchange(
                        ("GET /v4/auth-tokens/verify/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                                        + "\r\n\r\n")
                                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                        false)
                .orElseThrow();
    }

    /** A valid request, as far as its caller may make it. */
    HostileRequest request(Operation operation, Random random) {
        String target = operation.path();
        for (String parameter : operation.pathParameters()) {
            target = target.replace("{" + parameter + "}", pathParameter(operation, parameter, random));
        }
        HostileRequest request = new HostileRequest(operation, target);
        request.set("Host", "localhost");
        request.set("X-Request-ID", "request " + random.nextInt(1000));
        request.set("X-Giant-Swarm-Activity", "fuzz");
        request.set("X-Giant-Swarm-CmdLine", "gsctl list clusters");
        request.set("Accept", "application/json");
        token(random).ifPresent(token -> request.set("Authorization", "giantswarm " + token));
        switch (operation.body()) {
            case JSON -> request.set("Content-Type", "application/json");
            case FORM -> request.set("Content-Type", "application/x-www-form-urlencoded");
            case NONE -> {}
        }
        for (String field : operation.fields()) {
            String value = field(field, random);
            request.fields.add(
                    operation.body() == Operation.Body.JSON
                            ? new Part("\"" + field + "\"", json(field, value))
                            : new Part(field, value));
        }
        return request;
    }

    private String pathParameter(Operation operation, String name, Random random) {
        return switch (name) {
            case "email" -> operation.method().equals("PUT") ? "new-" + random.nextInt() + "@example.com" : victim;
            case "id" -> new UUID(random.nextLong(), random.nextLong()).toString();
            default -> "x";
        };
    }

    /** Of an administrator most of the time: what an administrator may do reaches farthest. */
    private Optional<String> token(Random random) {
        int chance = random.nextInt(10);
        return Optional.ofNullable(
                chance < 6
                        ? tokens.get(Role.ADMIN)
                        : chance < 8 ? tokens.get(Role.USER) : chance < 9 ? tokens.get(Role.SERVICE) : null);
    }

    private String field(String name, Random random) {
        if (name.contains("password")) {
            return Api.base64(Accounts.PASSWORD);
        }
        return switch (name) {
            case "email" -> victim;
            case "expiry" -> "2099-01-01T00:00:00Z";
            case "role" -> "user";
            case "apiVersion" -> "authentication.k8s.io/v1";
            case "kind" -> "TokenReview";
            case "token", "spec" -> tokens.get(List.of(Role.values()).get(random.nextInt(Role.values().length)));
            default -> "x";
        };
    }

    /** A text, but for the parts of a TokenReview. */
    private static String json(String field, String value) {
        return switch (field) {
            case "spec" -> "{\"token\":\"" + value + "\"}";
            case "status" -> "{\"user\":{}}";
            default -> "\"" + value + "\"";
        };
    }

    /** Empty when the connection ended without an answer. */
    Optional<Answer> send(HostileRequest request) throws IOException {
        if (request.isBroken) {
            close();
        }
        long begun = System.nanoTime();
        Optional<Answer> answer = exchange(request.bytes(), request.isHead());
        boolean isLate = System.nanoTime() - begun >= REQUEST_TIMEOUT.toNanos();
        if (answer.isEmpty() && isLate && !request.isBroken) {
            // A busy machine may take longer than a request may last.
            answer = exchange(request.bytes(), request.isHead());
        }
        if (request.isBroken) {
            close();
        }
        return answer;
    }

    private Optional<Answer> exchange(byte[] request, boolean isHead) throws IOException {
        boolean wasKept = connection != null;
        Optional<Answer> answer = once(request, isHead);
        if (answer.isEmpty() && wasKept) {
            // It was ended, before the request, by what the request before had done.
            close();
            answer = once(request, isHead);
        }
        if (answer.isEmpty() || answer.get().status() == 413 || answer.get().endsConnection()) {
            close();
        }
        return answer;
    }

    private Optional<Answer> once(byte[] request, boolean isHead) throws IOException {
        if (connection == null) {
            connection = RawConnection.to(port);
        }
        try {
            connection.send(request);
        } catch (IOException e) {
            // Refused before all of it was sent: the answer may be there nevertheless.
        }
        return connection.answer(isHead);
    }

    @Override
    public void close() throws IOException {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
