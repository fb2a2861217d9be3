package dev.batchapi.cli.manifest;

import java.util.Map;
import java.util.Set;

/**
 * A ConfigMap of the files.
 *
 * @param data text by key
 * @param binaryKeys keys whose values are bytes and no text; nothing reads them
 */
public record ConfigMap(
    String namespace, String name, Map<String, String> data, Set<String> binaryKeys) {}
