package dev.batchapi.data.parquet;

/** Why a file can't be read, to follow its name. */
final class UnreadableParquetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableParquetException(String why) {
    super(why);
  }
}
