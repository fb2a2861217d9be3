package dev.batchapi.data.files;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The input {@code {files: …}}. Jackson reads and writes it.
 *
 * @param paths URLs and paths, with globs; at least one
 * @param excludes globs of files to leave out; they win
 * @param format what the items are; null when each file's suffix says it
 * @param csv how CSV files are written
 * @param onBadRecord what follows when an item can't be read
 */
public record FilesSpec(
    List<String> paths,
    List<String> excludes,
    @Nullable FileFormat format,
    CsvOptions csv,
    BadRecords onBadRecord) {

  /** With what Jackson leaves null. */
  public FilesSpec(
      List<String> paths,
      @Nullable List<String> excludes,
      @Nullable FileFormat format,
      @Nullable CsvOptions csv,
      @Nullable BadRecords onBadRecord) {
    this.paths = List.copyOf(paths);
    this.excludes = excludes == null ? List.of() : List.copyOf(excludes);
    this.format = format;
    this.csv = csv == null ? CsvOptions.DEFAULT : csv;
    this.onBadRecord = onBadRecord == null ? BadRecords.FAIL_ITEM : onBadRecord;
  }

  /** With all defaults. */
  public static FilesSpec of(List<String> paths) {
    return new FilesSpec(paths, null, null, null, null);
  }
}
