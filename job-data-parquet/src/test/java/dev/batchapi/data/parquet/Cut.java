package dev.batchapi.data.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.data.files.BatchReader;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.files.Listing;
import dev.batchapi.data.files.Split;
import dev.batchapi.data.files.Splitter;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Files that were cut into batches, which can be read. Each batch has been through its JSON. */
final class Cut {
  final List<BatchRef> batches = new ArrayList<>();
  final Split split;
  final BatchReader reader;

  Cut(Path base, FilesSpec spec, int batchSize) {
    var stores = Stores.of(Map.of(), base);
    split =
        new Splitter(Listing.of(spec, stores), spec, batchSize, stores)
            .split((index, ref) -> batches.add(BatchRef.read(ref.toJson())));
    reader = new BatchReader(spec, stores);
  }

  /** A file that pyarrow made; make.py says how. */
  static void fixture(Path base, String name) throws IOException {
    try (var in = Cut.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(in, name), base.resolve(name));
    }
  }

  Map<Integer, String> unreadable(int batch) {
    return reader.read(batches.get(batch)).unreadable();
  }

  String payload(int batch) {
    return new String(reader.payload(batches.get(batch)), UTF_8);
  }
}
