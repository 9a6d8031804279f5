package dev.authtokens.audit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class AuditTrailIT extends AuditTrailTest {}
