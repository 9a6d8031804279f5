package dev.authtokens.introspection;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@QuarkusIntegrationTest
@Execution(ExecutionMode.SAME_THREAD)
@Tag("native")
class TokenReviewIT extends TokenReviewTest {}
