package dev.authtokens.info;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.authtokens.ServiceConfig;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The part of the installation's description that this service knows, in the shape that clients expect. */
@Schema(name = "V4InfoResponse")
public record InfoResponse(@Schema(required = true) General general, Workers workers) {

    static InfoResponse of(ServiceConfig.Info info) {
        return new InfoResponse(
                new General(info.installationName(), info.provider(), info.datacenter(), new Range(1, 1)),
                new Workers(new Range(info.maxWorkersPerCluster(), info.defaultWorkersPerCluster())));
    }

    public record General(
            @Schema(examples = "auth-tokens") String installationName,

            @Schema(examples = "kvm") String provider,
            @Schema(examples = "local") String datacenter,

            @Schema(required = true) Range availabilityZones) {}

    public record Workers(Range countPerCluster) {}

    public record Range(int max, @JsonProperty("default") int usual) {}
}
