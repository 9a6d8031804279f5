package dev.authtokens.info;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class InfoIT extends InfoTest {}
