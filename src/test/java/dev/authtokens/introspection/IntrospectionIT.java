package dev.authtokens.introspection;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class IntrospectionIT extends IntrospectionTest {}
