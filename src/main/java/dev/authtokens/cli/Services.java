package dev.authtokens.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.token.TokenStore;
import dev.authtokens.user.PasswordHasher;
import dev.authtokens.user.PasswordRules;
import dev.authtokens.user.UserImport;
import dev.authtokens.user.UserStore;
import org.flywaydb.core.Flyway;

/** What commands work with. */
record Services(
        UserStore users,
        UserImport userImport,
        TokenStore tokens,
        PasswordHasher hasher,
        PasswordRules rules,
        Flyway flyway,
        ObjectMapper mapper) {}
