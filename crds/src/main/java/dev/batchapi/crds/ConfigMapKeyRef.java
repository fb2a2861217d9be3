package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** One key of a ConfigMap in the same namespace. */
public record ConfigMapKeyRef(
    @JsonPropertyDescription("Name of the ConfigMap, in the namespace of this resource.")
        @Required
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = "self.matches('" + Syntax.SUBDOMAIN + "')",
            message = Rules.SUBDOMAIN)
        String name,
    @JsonPropertyDescription("The key in it, such as items.jsonl.")
        @Required
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = "self.matches('" + Syntax.CONFIG_MAP_KEY + "')",
            message = Rules.CONFIG_MAP_KEY)
        String key) {}
