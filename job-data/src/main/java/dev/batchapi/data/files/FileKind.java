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
      return of(file, spec.format(), compression);
    }
    var name = compression.strip(file.name()).toLowerCase(Locale.ROOT);
    var suffix = name.substring(name.lastIndexOf('/') + 1);
    suffix = suffix.substring(suffix.lastIndexOf('.') + 1);
    return switch (suffix) {
      case "jsonl", "ndjson" -> new FileKind(FileFormat.JSONL, compression);
      case "parquet" -> of(file, FileFormat.PARQUET, compression);
      case "csv" -> new FileKind(FileFormat.CSV, compression);
      case "txt", "lines" -> new FileKind(FileFormat.LINES, compression);
      default ->
          throw new InputException(
              "%s: its suffix is none of .jsonl, .ndjson, .csv, .txt (with .gz or .zst behind it, if packed) and .parquet. Say with format what it is: jsonl, csv, lines, parquet, or paths if each file is an item."
                  .formatted(file.name()));
    };
  }

  private static FileKind of(StoredFile file, FileFormat format, Compression compression) {
    if (format == FileFormat.PATHS) {
      return new FileKind(format, Compression.NONE);
    }
    if (format == FileFormat.PARQUET && compression != Compression.NONE) {
      throw new InputException(
          "%s: a Parquet file is read from its end, and this one is packed as a whole; unpack it. Its columns are compressed by Parquet itself."
              .formatted(file.name()));
    }
    return new FileKind(format, compression);
  }

  /** Whether a part can be read without all that is before it. */
  boolean cuttable() {
    return compression == Compression.NONE;
  }

  /** Whether its items are found by their numbers and not by the bytes where they are. */
  boolean rows() {
    return format == FileFormat.PARQUET;
  }

  /** Whether it is read from its start to its end. */
  boolean stream() {
    return format != FileFormat.PATHS && !rows();
  }

  /** Reads its items and checks them. */
  ItemReader reader(String name, CsvOptions csv) {
    return switch (format) {
      case JSONL -> new JsonItems(name, true);
      case LINES -> new LineItems(name);
      case CSV -> new CsvItems(name, csv, null);
      case PATHS, PARQUET -> throw new IllegalStateException(name + " is no stream of items");
    };
  }
}
