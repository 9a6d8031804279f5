package dev.authtokens.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.database.Schema;
import dev.authtokens.password.PasswordHasher;
import dev.authtokens.password.PasswordRules;
import dev.authtokens.token.TokenStore;
import dev.authtokens.user.UserImport;
import dev.authtokens.user.UserStore;
import jakarta.inject.Singleton;

/** The stores and tools that commands work with. */
@Singleton
record CommandContext(
        UserStore users,
        UserImport userImport,
        TokenStore tokens,
        PasswordHasher hasher,
        PasswordRules rules,
        AuditLog audit,
        Schema schema,
        ObjectMapper mapper,
        Terminal terminal) {}
