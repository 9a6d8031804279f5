package dev.authtokens.check;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class LeakedTokensIT extends LeakedTokensTest {}
