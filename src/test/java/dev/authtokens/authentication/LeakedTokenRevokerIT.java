package dev.authtokens.authentication;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class LeakedTokenRevokerIT extends LeakedTokenRevokerTest {}
