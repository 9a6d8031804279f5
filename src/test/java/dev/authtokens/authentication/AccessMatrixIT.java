package dev.authtokens.authentication;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class AccessMatrixIT extends AccessMatrixTest {}
