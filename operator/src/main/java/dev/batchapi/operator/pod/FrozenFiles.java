package dev.batchapi.operator.pod;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Files in a ConfigMap of the job's namespace, and what they must be.
 *
 * @param configMap its name
 * @param digest SHA-256 of all files together, in hexadecimal figures
 */
public record FrozenFiles(
    @JsonProperty(required = true) String configMap,
    @JsonProperty(required = true) String digest) {}
