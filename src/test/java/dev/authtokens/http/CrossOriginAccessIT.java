package dev.authtokens.http;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class CrossOriginAccessIT extends CrossOriginAccessTest {}
