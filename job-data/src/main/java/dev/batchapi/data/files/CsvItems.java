package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.batchapi.contract.TextLimit;
import dev.batchapi.data.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of CSV, each an object of strings. */
final class CsvItems implements ItemReader {
  /** A header must end before this byte, so that it can be read again in one go. */
  static final int HEADER_BYTES = 1 << 16;

  private final String name;
  private final CsvOptions options;
  private final @Nullable CsvHeader header;
  private final Utf8 utf8;
  private final CsvJson json = new CsvJson();

  /**
   * Reads one file, or a part of it.
   *
   * @param name what messages call the file
   * @param header of a part; null at the start of a file, and of a file that has none
   */
  CsvItems(String name, CsvOptions options, @Nullable CsvHeader header) {
    this.name = name;
    this.options = options;
    this.header = header;
    this.utf8 = new Utf8(name);
  }

  /** The names in the first row, of the first bytes of a file. */
  CsvHeader header(InputStream in) throws IOException {
    var rows = new CsvRows(name, in, options.delimiterCharacter(), 0, false);
    try (var csv = parser(rows)) {
      return CsvHeader.of(fields(csv.iterator().next(), 1), name);
    }
  }

  @Override
  public void read(InputStream in, long linesBefore, ItemSink sink) throws IOException {
    var rows = new CsvRows(name, in, options.delimiterCharacter(), linesBefore, true);
    var names = header;
    try (var csv = parser(rows)) {
      for (var row : csv) {
        var place = place(rows, row, linesBefore);
        if (names == null && options.named()) {
          names = header(row, place);
        } else {
          names = names == null ? CsvHeader.numbered(row.getFieldCount()) : names;
          item(row, place, names, sink);
        }
      }
    } catch (CsvParseException e) {
      throw refused(e, rows.line());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void item(CsvRecord row, CsvRows.Row place, CsvHeader names, ItemSink sink) {
    try {
      var fields = fields(row, place.line());
      if (fields.size() == names.names().size()) {
        json.set(names.quoted(), fields);
        sink.item(place.line(), place.start(), place.end(), json.bytes(), json.size());
      } else {
        sink.bad(place.line(), place.start(), place.end(), ragged(fields, names, place));
      }
    } catch (NotUtf8Exception e) {
      sink.bad(place.line(), place.start(), place.end(), e);
    }
  }

  private CsvRows.Row place(CsvRows rows, CsvRecord row, long linesBefore) {
    var place = rows.poll();
    var line = row.getStartingLineNumber() + linesBefore;
    if (place == null || place.line() != line) {
      throw new InputException(
          "%s, line %d: it isn't clear where the row ends; look at its quotes."
              .formatted(name, line));
    }
    return place;
  }

  /**
   * Bytes as characters: whether they are UTF-8 is seen field by field, where the line is known.
   */
  private CsvReader<CsvRecord> parser(CsvRows rows) {
    return CsvReader.builder()
        .fieldSeparator(options.delimiterCharacter())
        .commentStrategy(CommentStrategy.NONE)
        .skipEmptyLines(true)
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .ofCsvRecord(new InputStreamReader(rows, ISO_8859_1));
  }

  private CsvHeader header(CsvRecord row, CsvRows.Row place) {
    if (place.end() > HEADER_BYTES) {
      throw new InputException(
          "%s: the header has more than %,d bytes.".formatted(name, HEADER_BYTES));
    }
    var at = "%s, line %d".formatted(name, place.line());
    var names = CsvHeader.of(fields(row, place.line()), at);
    if (options.delimiter() == null && names.names().size() == 1) {
      refuseOther(names.names().getFirst(), at);
    }
    return names;
  }

  /** As much of a header as is of use in a sentence. */
  private static final int QUOTED = 100;

  /** Else each row would be one text that nobody expects. */
  private static void refuseOther(String column, String place) {
    for (var delimiter : List.of(";", "\t", "|")) {
      if (column.contains(delimiter)) {
        var written = delimiter.equals("\t") ? "\\t" : delimiter;
        throw new InputException(
            "%s: the header has no comma, and is one column \"%s\". If \"%s\" is between its columns, say so in the BatchJob by input.files.csv.delimiter: \"%s\"; if it is one column, by delimiter: \",\"."
                .formatted(
                    place,
                    TextLimit.beginning(column, QUOTED).replace("\t", "\\t"),
                    written,
                    written));
      }
    }
  }

  private List<String> fields(CsvRecord row, long line) {
    return row.getFields().stream()
        .map(field -> field.getBytes(ISO_8859_1))
        .map(field -> utf8.decode(field, field.length, line))
        .toList();
  }

  private InputException ragged(List<String> fields, CsvHeader names, CsvRows.Row place) {
    var delimiter = options.delimiterCharacter();
    return new InputException(
        "%s, line %d: the row has %d field%s, the %s %d. A field with \"%s\" or a line break in it must stand in double quotes."
            .formatted(
                name,
                place.line(),
                fields.size(),
                fields.size() == 1 ? "" : "s",
                options.named() ? "header" : "first row",
                names.names().size(),
                delimiter == '\t' ? "\\t" : delimiter));
  }

  private RuntimeException refused(CsvParseException e, long line) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof RuntimeException own && !(cause instanceof CsvParseException)) {
        return own;
      }
    }
    return new InputException("%s, line %d is not CSV: %s".formatted(name, line, e.getMessage()));
  }
}
