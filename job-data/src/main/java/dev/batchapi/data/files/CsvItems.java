package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.batchapi.data.input.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of CSV, each an object of strings. */
final class CsvItems implements ItemReader {
  /** A header must end before this byte, so that it can be read again in one go. */
  static final int HEADER_BYTES = 1 << 16;

  private final String name;
  private final char delimiter;
  private final @Nullable List<String> header;
  private final Utf8 utf8;

  /**
   * @param name what messages call the file
   */
  CsvItems(String name, CsvOptions options) {
    this(name, options, options.header());
  }

  /**
   * @param header names of the columns; null if the first row has them
   */
  CsvItems(String name, CsvOptions options, @Nullable List<String> header) {
    this.name = name;
    this.delimiter = options.delimiterCharacter();
    this.header = header == null ? null : checked(header, 1);
    this.utf8 = new Utf8(name);
  }

  /** The names in the first row, of the first bytes of a file. */
  List<String> header(InputStream in) throws IOException {
    var rows = new CsvRows(name, in, delimiter, 0, false);
    try (var csv = parser(rows)) {
      return fields(csv.iterator().next(), 1);
    }
  }

  @Override
  public void read(InputStream in, long linesBefore, ItemSink sink) throws IOException {
    var rows = new CsvRows(name, in, delimiter, linesBefore, true);
    var names = header == null ? null : quoted(header);
    var json = new Json();
    try (var csv = parser(rows)) {
      for (var row : csv) {
        var place = rows.poll();
        if (place == null || place.line() != row.getStartingLineNumber() + linesBefore) {
          throw new IllegalStateException(
              "%s, line %d: the parser and the cutter of CSV see different rows"
                  .formatted(name, row.getStartingLineNumber() + linesBefore));
        }
        var fields = fields(row, place.line());
        if (names == null) {
          if (place.end() > HEADER_BYTES) {
            throw new InputException(
                "%s: the header has more than %,d bytes.".formatted(name, HEADER_BYTES));
          }
          names = quoted(checked(fields, place.line()));
        } else {
          json.write(names, fields, place.line());
          sink.item(place.line(), place.start(), place.end(), json.bytes(), json.size());
        }
      }
    } catch (CsvParseException e) {
      throw refused(e, rows.line());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private RuntimeException refused(CsvParseException e, long line) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof RuntimeException own && !(cause instanceof CsvParseException)) {
        return own;
      }
    }
    return new InputException("%s, line %d is not CSV: %s".formatted(name, line, e.getMessage()));
  }

  /**
   * Bytes as characters: whether they are UTF-8 is seen field by field, where the line is known.
   */
  private CsvReader<CsvRecord> parser(CsvRows rows) {
    return CsvReader.builder()
        .fieldSeparator(delimiter)
        .commentStrategy(CommentStrategy.NONE)
        .skipEmptyLines(true)
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .ofCsvRecord(new InputStreamReader(rows, ISO_8859_1));
  }

  private List<String> fields(CsvRecord row, long line) {
    return row.getFields().stream()
        .map(field -> field.getBytes(ISO_8859_1))
        .map(field -> utf8.decode(field, field.length, line))
        .toList();
  }

  private List<String> checked(List<String> names, long line) {
    var seen = new HashSet<String>();
    for (var i = 0; i < names.size(); i++) {
      if (names.get(i).isBlank()) {
        throw new InputException(
            "%s, line %d: column %d of the header has no name.".formatted(name, line, i + 1));
      }
      if (!seen.add(names.get(i))) {
        throw new InputException(
            "%s, line %d: the header has the column \"%s\" twice."
                .formatted(name, line, names.get(i)));
      }
    }
    return names;
  }

  private static List<byte[]> quoted(List<String> names) {
    return names.stream().map(JsonStringEncoder.getInstance()::quoteAsUTF8).toList();
  }

  /** One row as an object. */
  private final class Json extends ByteArrayOutputStream {

    void write(List<byte[]> names, List<String> fields, long line) {
      if (fields.size() != names.size()) {
        throw new InputException(
            "%s, line %d: the row has %d field%s, the header %d. A field with \"%s\" or a line break in it must stand in double quotes."
                .formatted(
                    name,
                    line,
                    fields.size(),
                    fields.size() == 1 ? "" : "s",
                    names.size(),
                    delimiter == '\t' ? "\\t" : delimiter));
      }
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

    byte[] bytes() {
      return buf;
    }
  }
}
