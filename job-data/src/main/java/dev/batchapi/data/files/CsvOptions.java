package dev.batchapi.data.files;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How CSV files are written.
 *
 * @param header names of the columns, for files without a row of names; null when the first row of
 *     each file names them
 * @param delimiter what stands between fields, one ASCII character; a comma by default
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CsvOptions(@Nullable List<String> header, @Nullable String delimiter) {
  /** A row of names first, and commas. */
  public static final CsvOptions DEFAULT = new CsvOptions(null, null);
}
