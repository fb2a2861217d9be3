package dev.batchapi.cli.manifest;

import java.util.Map;

/** A Secret of the files; {@code data} by key, decoded. */
public record Secret(String namespace, String name, Map<String, String> data) {

  /** Never its values. */
  @Override
  public String toString() {
    return "Secret[%s/%s]".formatted(namespace, name);
  }
}
