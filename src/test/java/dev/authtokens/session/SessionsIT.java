package dev.authtokens.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class SessionsIT extends SessionsTest {}
