package dev.authtokens.introspection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.authtokens.ConfigValidationTest;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetadataResourceTest {

    /** An issuer that a request could choose would be anybody's. */
    @Test
    void thereIsNoneWithoutAPublicUrl() {
        MetadataResource resource = new MetadataResource(ConfigValidationTest.read(Map.of()));
        Problem problem = assertThrows(Problem.class, resource::getAuthorizationServerMetadata);
        assertEquals(ProblemCode.RESOURCE_NOT_FOUND, problem.code());
    }
}
