package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.data.store.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** An input that was listed and cut, and can be read. Each batch has been through its JSON. */
final class Cut {
  final List<BatchRef> batches = new ArrayList<>();
  final Split split;
  final BatchReader reader;

  private Cut(FilesSpec spec, int batchSize, Stores stores) {
    split =
        new Splitter(Listing.of(spec, stores), spec, batchSize, stores)
            .split(
                (index, ref) -> {
                  if (index != batches.size()) {
                    throw new IllegalStateException("batch " + index + " out of order");
                  }
                  batches.add(BatchRef.read(ref.toJson()));
                });
    reader = new BatchReader(spec, stores);
  }

  static Cut of(FilesSpec spec, int batchSize, Path base) {
    return new Cut(spec, batchSize, Stores.of(Map.of(), base));
  }

  static Cut of(Path base, int batchSize, String... paths) {
    return of(FilesSpec.of(List.of(paths)), batchSize, base);
  }

  /** Files of which every item must be good. */
  static FilesSpec strict(String... paths) {
    return new FilesSpec(List.of(paths), null, null, null, BadRecords.FAIL);
  }

  static void write(Path base, String name, byte[] content) throws IOException {
    Files.write(base.resolve(name), content);
  }

  static byte[] gzip(String text) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return out.toByteArray();
  }

  static void write(Path base, String name, String content) throws IOException {
    write(base, name, content.getBytes(UTF_8));
  }

  String payload(int batch) {
    return new String(reader.payload(batches.get(batch)), UTF_8);
  }

  Map<Integer, String> unreadable(int batch) {
    return reader.read(batches.get(batch)).unreadable();
  }

  List<String> payloads() {
    return batches.stream().map(ref -> new String(reader.payload(ref), UTF_8)).toList();
  }

  /** Where all items come from. */
  List<String> sources() {
    var all = new ArrayList<String>();
    for (var ref : batches) {
      for (var i = 0; i < ref.items(); i++) {
        all.add(reader.source(ref, i));
      }
    }
    return all;
  }
}
