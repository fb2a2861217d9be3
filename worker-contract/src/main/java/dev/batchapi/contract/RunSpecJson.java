package dev.batchapi.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A run as JSON, and back ({@link RunSpecReader}). What is null in Java is absent in JSON. */
final class RunSpecJson {
  private RunSpecJson() {}

  static byte[] write(RunSpec run) {
    try {
      return Writer.MAPPER.writeValueAsBytes(run);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RunSpec read(InputStream json) {
    try (json) {
      return read(json.readAllBytes());
    } catch (IOException e) {
      throw new RunSpecException("the run cannot be read: " + e.getMessage(), e);
    }
  }

  static RunSpec read(byte[] json) {
    try {
      var tree = JsonTree.read(json);
      if (tree == null || !tree.isObject()) {
        throw new RunSpecException("the run is no JSON object", null);
      }
      return RunSpecReader.run(tree);
    } catch (IOException e) {
      throw new RunSpecException("the run is no JSON: " + e.getMessage(), e);
    }
  }

  /** Made by the first who writes: a worker only reads. */
  private static final class Writer {
    static final JsonMapper MAPPER =
        JsonMapper.builder()
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
  }
}
