package dev.batchapi.runtime.local.manifest;

import java.util.Map;

/** A ConfigMap of the files; {@code data} by key. */
public record ConfigMap(String namespace, String name, Map<String, String> data) {}
