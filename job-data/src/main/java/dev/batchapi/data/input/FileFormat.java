package dev.batchapi.data.input;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** What people hand over in place of JSON lines, known by its first bytes. */
public enum FileFormat {
  GZIP("is gzip: unpack it first, with gunzip.", "\u001F\u008B"),
  ZSTD("is zstd: unpack it first, with unzstd.", "(\u00B5/\u00FD"),
  ZIP("is a ZIP archive: unpack it first.", "PK\u0003\u0004"),
  PARQUET(
      "is Parquet: as files with format parquet it can be read; here write it as JSON lines, one JSON value per line.",
      "PAR1"),
  UTF_16("is text in UTF-16: save it as UTF-8.", "\u00FF\u00FE"),
  UTF_16_BIG_ENDIAN("is text in UTF-16: save it as UTF-8.", "\u00FE\u00FF");

  private final String sentence;

  /** A character for each byte. */
  private final String start;

  FileFormat(String sentence, String start) {
    this.sentence = sentence;
    this.start = start;
  }

  /** What it is and the way out; to follow the name of the input. */
  public String sentence() {
    return sentence;
  }

  /** The format that starts like this; empty for anything else. */
  public static Optional<FileFormat> of(byte[] start) {
    var text = new String(start, StandardCharsets.ISO_8859_1);
    return Arrays.stream(values()).filter(format -> text.startsWith(format.start)).findFirst();
  }
}
