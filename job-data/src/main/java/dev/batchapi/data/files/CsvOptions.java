package dev.batchapi.data.files;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.batchapi.data.input.InputException;
import org.jspecify.annotations.Nullable;

/**
 * How CSV files are written.
 *
 * @param header whether the first row of each file names the columns; true by default. Without,
 *     they are {@code c0}, {@code c1} and so on
 * @param delimiter what stands between fields, one ASCII character; a comma by default
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CsvOptions(@Nullable Boolean header, @Nullable String delimiter) {
  /** A row of names first, and commas. */
  public static final CsvOptions DEFAULT = new CsvOptions(null, null);

  public CsvOptions {
    if (delimiter != null
        && (delimiter.length() != 1
            || delimiter.charAt(0) > 126
            || "\"\r\n\0".contains(delimiter))) {
      throw new InputException(
          "csv.delimiter must be one ASCII character, such as \",\", \";\" or \"\\t\", and no quote or line end.");
    }
  }

  @JsonIgnore
  boolean named() {
    return header == null || header;
  }

  @JsonIgnore
  char delimiterCharacter() {
    return delimiter == null ? ',' : delimiter.charAt(0);
  }
}
