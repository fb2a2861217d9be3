package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A ConfigMap in the same namespace. */
public record ConfigMapRef(
    @JsonPropertyDescription("Name of the ConfigMap, in the namespace of this resource.")
        @Required
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = "self.matches('" + Syntax.SUBDOMAIN + "')",
            message = Rules.SUBDOMAIN)
        String name) {}
