package dev.authtokens.token;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class SessionsIT extends SessionsTest {}
