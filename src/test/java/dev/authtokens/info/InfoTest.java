package dev.authtokens.info;

import static org.hamcrest.Matchers.equalTo;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class InfoTest {

    @Test
    void hasWhatClientsReadAfterALogin() {
        Api.as(Accounts.token(Accounts.create()))
                .get("/v4/info/")
                .then()
                .statusCode(200)
                .body("general.installation_name", equalTo("auth-tokens"))
                .body("general.provider", equalTo("kvm"))
                .body("general.datacenter", equalTo("local"))
                .body("general.availability_zones.max", equalTo(1))
                .body("general.availability_zones.default", equalTo(1))
                .body("workers.count_per_cluster.max", equalTo(20))
                .body("workers.count_per_cluster.default", equalTo(3));
    }
}
