package dev.batchapi.data.parquet;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of a row, or of a struct in one: an object in JSON, with null for what is missing. */
record Fields(String[] names, @Nullable Object[] values) {

  /** Writes them. */
  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    for (var i = 0; i < names.length; i++) {
      json.writeFieldName(names[i]);
      write(values[i], json);
    }
    json.writeEndObject();
  }

  private static void write(@Nullable Object value, JsonGenerator json) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case String text -> json.writeString(text);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Float number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case BigInteger number -> json.writeNumber(number);
      case Boolean truth -> json.writeBoolean(truth);
      case byte[] bytes -> json.writeBinary(bytes);
      case Fields fields -> fields.write(json);
      case List<?> list -> {
        json.writeStartArray();
        for (var element : list) {
          write(element, json);
        }
        json.writeEndArray();
      }
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (var entry : map.entrySet()) {
          json.writeFieldName(String.valueOf(entry.getKey()));
          write(entry.getValue(), json);
        }
        json.writeEndObject();
      }
      default -> throw new IllegalStateException("no JSON for " + value.getClass());
    }
  }
}
