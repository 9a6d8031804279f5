package dev.authtokens.problem;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class ProblemResponsesIT extends ProblemResponsesTest {}
