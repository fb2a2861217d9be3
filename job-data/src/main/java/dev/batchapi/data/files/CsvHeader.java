package dev.batchapi.data.files;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.batchapi.data.input.InputException;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/** The names of columns. */
record CsvHeader(List<String> names, List<byte[]> quoted) {

  /**
   * Names as a file has them.
   *
   * @param place to begin a message with
   */
  static CsvHeader of(List<String> names, String place) {
    var seen = new HashSet<String>();
    for (var i = 0; i < names.size(); i++) {
      if (names.get(i).isBlank()) {
        throw new InputException(
            "%s: column %d of the header has no name.".formatted(place, i + 1));
      }
      if (!seen.add(names.get(i))) {
        throw new InputException(
            "%s: the header has the column \"%s\" twice.".formatted(place, names.get(i)));
      }
    }
    return of(names);
  }

  /** Names for a file that has none. */
  static CsvHeader numbered(int columns) {
    return of(IntStream.range(0, columns).mapToObj(i -> "c" + i).toList());
  }

  private static CsvHeader of(List<String> names) {
    return new CsvHeader(
        names, names.stream().map(JsonStringEncoder.getInstance()::quoteAsUTF8).toList());
  }
}
