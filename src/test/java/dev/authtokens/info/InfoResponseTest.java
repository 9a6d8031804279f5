package dev.authtokens.info;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.ConfigValidationTest;
import dev.authtokens.http.JsonRules;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line reads the types of workers without a look at whether they are there. */
class InfoResponseTest {

    @ParameterizedTest
    @CsvSource({"aws, instance_type, vm_size", "azure, vm_size, instance_type"})
    void namesTheTypesOfWorkersOfTheProvider(String provider, String present, String absent) {
        JsonNode workers = workers(
                Map.of("auth-tokens.info.provider", provider, "auth-tokens.info.worker-types", "m3.large,m3.xlarge"));
        assertEquals(
                "[\"m3.large\",\"m3.xlarge\"]",
                workers.at("/" + present + "/options").toString());
        assertEquals("m3.large", workers.at("/" + present + "/default").asText());
        assertTrue(workers.path(absent).isMissingNode(), workers::toString);
    }

    @ParameterizedTest
    @CsvSource({"aws, instance_type", "azure, vm_size"})
    void hasTheFieldsThatClientsReadAlsoWithoutTypes(String provider, String field) {
        JsonNode workers = workers(Map.of("auth-tokens.info.provider", provider));
        assertEquals("{\"options\":[],\"default\":\"\"}", workers.path(field).toString());
    }

    @Test
    void hasNoTypesForAnotherProvider() {
        assertEquals(
                "{\"count_per_cluster\":{\"max\":20,\"default\":3}}",
                workers(Map.of()).toString());
    }

    private static JsonNode workers(Map<String, String> settings) {
        ObjectMapper mapper = new ObjectMapper();
        new JsonRules().customize(mapper);
        return mapper.valueToTree(
                        InfoResponse.of(ConfigValidationTest.read(settings).info()))
                .path("workers");
    }
}
