package dev.batchapi.data.files;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** One row as an object; the next one is written over it. */
final class CsvJson extends ByteArrayOutputStream {

  /**
   * Writes a row.
   *
   * @param names of the columns, with what JSON escapes
   * @param fields as many
   */
  void set(List<byte[]> names, List<String> fields) {
    reset();
    for (var i = 0; i < names.size(); i++) {
      write(i == 0 ? '{' : ',');
      write('"');
      writeBytes(names.get(i));
      write('"');
      write(':');
      write('"');
      writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(fields.get(i)));
      write('"');
    }
    write('}');
  }

  /** The row from 0 to {@link #size}. */
  byte[] bytes() {
    return buf;
  }
}
