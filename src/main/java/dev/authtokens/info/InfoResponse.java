package dev.authtokens.info;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.authtokens.ServiceConfig;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The part of the installation's description that this service knows, in the shape that clients expect. */
@Schema(
        name = "V4InfoResponse",
        requiredProperties = {"general", "workers"})
public record InfoResponse(General general, Workers workers) {

    static InfoResponse of(ServiceConfig.Info info) {
        List<String> types = info.workerTypes().orElse(List.of());
        Choice choice = new Choice(types, types.isEmpty() ? "" : types.get(0));
        return new InfoResponse(
                new General(info.installationName(), info.provider(), info.datacenter(), new Range(1, 1)),
                new Workers(
                        new Range(info.maxWorkersPerCluster(), info.defaultWorkersPerCluster()),
                        info.provider().equals("aws") ? choice : null,
                        info.provider().equals("azure") ? choice : null));
    }

    @Schema(requiredProperties = {"installation_name", "provider", "datacenter", "availability_zones"})
    public record General(
            @Schema(examples = "auth-tokens") String installationName,

            @Schema(
                    enumeration = {"kvm", "aws", "azure"},
                    examples = "kvm")
            String provider,

            @Schema(examples = "local") String datacenter,

            Range availabilityZones) {}

    @Schema(requiredProperties = "count_per_cluster")
    public record Workers(
            Range countPerCluster,

            @Schema(description = "Missing unless the provider is `aws`.")
            Choice instanceType,

            @Schema(description = "Missing unless the provider is `azure`.")
            Choice vmSize) {}

    @Schema(requiredProperties = {"max", "default"})
    public record Range(
            @Schema(minimum = "1", examples = "20") int max,

            @Schema(minimum = "1", examples = "3") @JsonProperty("default")
            int usual) {}

    /** A choice between types of workers; without any, an empty text is the default. */
    @Schema(requiredProperties = {"options", "default"})
    public record Choice(
            @Schema(examples = "[\"m3.large\"]") List<String> options,

            @Schema(examples = "m3.large") @JsonProperty("default")
            String usual) {}
}
