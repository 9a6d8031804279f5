package dev.authtokens.user;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class UsersIT extends UsersTest {}
