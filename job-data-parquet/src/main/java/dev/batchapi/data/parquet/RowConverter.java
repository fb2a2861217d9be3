package dev.batchapi.data.parquet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Objects;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Makes JSON objects of rows. */
final class RowConverter extends RecordMaterializer<Fields> {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8).build();

  private final StructConverter root;
  private final Mistake mistake = new Mistake();
  private @Nullable Fields fields;

  RowConverter(MessageType schema) {
    root = new StructConverter(schema, this::take, mistake);
  }

  private void take(@Nullable Object row) {
    fields = (Fields) row;
  }

  @Override
  public Fields getCurrentRecord() {
    return Objects.requireNonNull(fields);
  }

  @Override
  public GroupConverter getRootConverter() {
    return root;
  }

  /** What is wrong with the row that was read last; null if nothing is. */
  @Nullable String mistake() {
    return mistake.text();
  }

  /** Forgets what was wrong with the row before. */
  void begin() {
    mistake.clear();
  }

  /** The row that was read last. */
  byte[] json() throws IOException {
    var out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      getCurrentRecord().write(json);
    }
    return out.toByteArray();
  }
}
