package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.StoredFile;
import java.util.Locale;

/** What is in a file and how it is packed. */
record FileKind(FileFormat format, Compression compression) {

  /**
   * By the input's format, otherwise by the file's suffix.
   *
   * @throws InputException if neither says it
   */
  static FileKind of(StoredFile file, FilesSpec spec) {
    var compression = Compression.of(file.name());
    if (spec.format() != null) {
      return new FileKind(
          spec.format(), spec.format() == FileFormat.PATHS ? Compression.NONE : compression);
    }
    var name = compression.strip(file.name()).toLowerCase(Locale.ROOT);
    var suffix = name.substring(name.lastIndexOf('/') + 1);
    suffix = suffix.substring(suffix.lastIndexOf('.') + 1);
    return switch (suffix) {
      case "jsonl", "ndjson" -> new FileKind(FileFormat.JSONL, compression);
      case "csv" -> new FileKind(FileFormat.CSV, compression);
      case "txt", "lines" -> new FileKind(FileFormat.LINES, compression);
      default ->
          throw new InputException(
              "%s: its suffix is none of .jsonl, .ndjson, .csv and .txt (with .gz or .zst behind it, if packed). Say with format what it is: jsonl, csv, lines, or paths if each file is an item."
                  .formatted(file.name()));
    };
  }

  /** Whether a part can be read without all that is before it. */
  boolean cuttable() {
    return compression == Compression.NONE;
  }

  /** Reads its items and checks them. */
  ItemReader reader(String name, CsvOptions csv) {
    return switch (format) {
      case JSONL -> new JsonItems(name, true);
      case LINES -> new LineItems(name);
      case CSV -> new CsvItems(name, csv, null);
      case PATHS -> throw new IllegalStateException("nothing is read of " + name);
    };
  }
}
