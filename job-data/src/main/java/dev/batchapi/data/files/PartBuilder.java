package dev.batchapi.data.files;

import dev.batchapi.data.store.StoredFile;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Collects places of items that follow each other in a file. */
final class PartBuilder {
  private final StoredFile file;
  private final boolean cuttable;
  private IntStream.@Nullable Builder gaps;
  private long firstLine;
  private long lastLine;
  private long start;
  private long end;
  private int items;

  PartBuilder(StoredFile file, boolean cuttable) {
    this.file = file;
    this.cuttable = cuttable;
  }

  String name() {
    return file.name();
  }

  boolean cuttable() {
    return cuttable;
  }

  boolean isEmpty() {
    return items == 0;
  }

  void item(long line, long start, long end) {
    if (items == 0) {
      this.start = start;
      firstLine = line;
      gaps = null;
    } else if (line != lastLine + 1) {
      if (gaps == null) {
        gaps = IntStream.builder();
      }
      gaps.add(items).add(Math.toIntExact(line - lastLine - 1));
    }
    lastLine = line;
    this.end = end;
    items++;
  }

  /** What was collected; it starts anew. */
  Part build() {
    var part =
        new Part(
            file.url(),
            file.version(),
            file.size(),
            cuttable ? start : 0,
            cuttable ? end - start : 0,
            firstLine,
            items,
            gaps == null ? null : gaps.build().toArray());
    items = 0;
    return part;
  }
}
