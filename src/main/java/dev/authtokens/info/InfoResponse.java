package dev.authtokens.info;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.authtokens.ServiceConfig;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The part of the installation's description that this service knows, in the shape that clients expect. */
@Schema(name = "V4InfoResponse")
public record InfoResponse(
        @Schema(required = true) @JsonProperty General general,
        @JsonProperty Workers workers) {

    static InfoResponse of(ServiceConfig.Info info) {
        return new InfoResponse(
                new General(info.installationName(), info.provider(), info.datacenter(), new Range(1, 1)),
                new Workers(new Range(info.maxWorkersPerCluster(), info.defaultWorkersPerCluster())));
    }

    public record General(
            @Schema(examples = "auth-tokens") @JsonProperty("installation_name")
            String installationName,

            @Schema(examples = "kvm") @JsonProperty String provider,
            @Schema(examples = "local") @JsonProperty String datacenter,

            @Schema(required = true) @JsonProperty("availability_zones")
            Range availabilityZones) {}

    public record Workers(@JsonProperty("count_per_cluster") Range countPerCluster) {}

    public record Range(
            @JsonProperty int max, @JsonProperty("default") int usual) {}
}
