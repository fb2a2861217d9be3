package dev.batchapi.data.files;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a file's items are. */
public enum FileFormat {
  /** Any JSON value a line; blank lines don't count. */
  @JsonProperty("jsonl")
  JSONL,
  /** An object per row, all strings, named by the header. */
  @JsonProperty("csv")
  CSV,
  /** An object per row; its module is {@code job-data-parquet}. */
  @JsonProperty("parquet")
  PARQUET,
  /** A string per line, without its line end; blank lines don't count. */
  @JsonProperty("lines")
  LINES,
  /** The file's own URL, or whole path, is the item; it isn't read. */
  @JsonProperty("paths")
  PATHS
}
