package dev.batchapi.runtime.host.jackson;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import java.io.IOException;
import java.util.function.Predicate;

/**
 * Writes JSON and nothing else: Jackson alone would write NaN as a text, and an author's raw text
 * as it is.
 */
final class ResultGenerator extends JsonGeneratorDelegate {
  private final Predicate<String> isJson;

  ResultGenerator(JsonGenerator bytes, Predicate<String> isJson) {
    super(bytes, false);
    this.isJson = isJson;
  }

  @Override
  public void writeNumber(double value) throws IOException {
    if (!Double.isFinite(value)) {
      throw noNumber(Double.toString(value));
    }
    super.writeNumber(value);
  }

  @Override
  public void writeNumber(float value) throws IOException {
    if (!Float.isFinite(value)) {
      throw noNumber(Float.toString(value));
    }
    super.writeNumber(value);
  }

  @Override
  public void writeArray(double[] values, int offset, int length) throws IOException {
    writeStartArray();
    for (int i = offset; i < offset + length; i++) {
      writeNumber(values[i]);
    }
    writeEndArray();
  }

  @Override
  public void writeRawValue(String text) throws IOException {
    if (!isJson.test(text)) {
      throw new NotJsonException(path() + " is raw text that is not JSON");
    }
    super.writeRawValue(text);
  }

  @Override
  public void writeRawValue(String text, int offset, int length) throws IOException {
    writeRawValue(text.substring(offset, offset + length));
  }

  @Override
  public void writeRawValue(char[] text, int offset, int length) throws IOException {
    writeRawValue(new String(text, offset, length));
  }

  @Override
  public void writeRawValue(SerializableString text) throws IOException {
    writeRawValue(text.getValue());
  }

  @Override
  public void writeRaw(String text) throws IOException {
    throw raw();
  }

  @Override
  public void writeRaw(String text, int offset, int length) throws IOException {
    throw raw();
  }

  @Override
  public void writeRaw(char[] text, int offset, int length) throws IOException {
    throw raw();
  }

  @Override
  public void writeRaw(char c) throws IOException {
    throw raw();
  }

  @Override
  public void writeRaw(SerializableString text) throws IOException {
    throw raw();
  }

  /** Where the next value would be written. */
  String path() {
    return Paths.next(getOutputContext());
  }

  private NotJsonException noNumber(String value) {
    return new NotJsonException(
        path() + " is " + value + ", which JSON can't hold: return null instead");
  }

  private NotJsonException raw() {
    return new NotJsonException(
        path() + " is written by writeRaw, which may not be JSON: use writeRawValue");
  }
}
