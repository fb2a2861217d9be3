package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import org.jspecify.annotations.Nullable;

/**
 * Part of a pod template, free-form: what is wrong in it is found by a dry run, not by this schema.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PodTemplate(
    @JsonPropertyDescription("Labels and annotations of the workers' pods.") @PreserveUnknownFields
        @Nullable ObjectNode metadata,
    @JsonPropertyDescription(
            "Fields of a pod's spec, such as nodeSelector, tolerations, volumes and serviceAccountName;"
                + " the handler's container is the one named handler.")
        @PreserveUnknownFields
        @Nullable ObjectNode spec) {}
