package dev.batchapi.runtime.worker;

import dev.batchapi.data.collect.BatchResults;
import dev.batchapi.data.results.LargeJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A result, or that of one item, as JSON: in memory, or in a file if it is large. */
interface ResultJson extends BatchResults.Content {

  /** Its size. */
  long bytes();

  /** All of it in memory. */
  default byte[] toBytes() {
    var out = new ByteArrayOutputStream(Math.toIntExact(bytes()));
    try {
      to(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static ResultJson of(byte[] json) {
    return new InMemory(json);
  }

  static ResultJson of(String json) {
    return new InMemory(json.getBytes(StandardCharsets.UTF_8));
  }

  static ResultJson of(LargeJson.Part json) {
    return new InFile(json);
  }

  /** The list of these. */
  static ResultJson list(List<ResultJson> elements) {
    return new Elements(elements);
  }

  /** In memory. */
  record InMemory(byte[] json) implements ResultJson {
    @Override
    public long bytes() {
      return json.length;
    }

    @Override
    public byte[] toBytes() {
      return json;
    }

    @Override
    public void to(OutputStream out) throws IOException {
      out.write(json);
    }
  }

  /** In a file. */
  record InFile(LargeJson.Part json) implements ResultJson {
    @Override
    public long bytes() {
      return json.length();
    }

    @Override
    public void to(OutputStream out) throws IOException {
      json.to(out);
    }
  }

  /** Wherever its elements are. */
  record Elements(List<ResultJson> elements) implements ResultJson {
    @Override
    public long bytes() {
      var commas = Math.max(0, elements.size() - 1);
      return elements.stream().mapToLong(ResultJson::bytes).sum() + commas + 2;
    }

    @Override
    public void to(OutputStream out) throws IOException {
      out.write('[');
      var first = true;
      for (var element : elements) {
        if (!first) {
          out.write(',');
        }
        first = false;
        element.to(out);
      }
      out.write(']');
    }
  }
}
