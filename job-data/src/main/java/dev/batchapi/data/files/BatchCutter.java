package dev.batchapi.data.files;

import dev.batchapi.contract.Payload;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.StoredFile;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects items until they are a batch; of a batch it holds the payload and the places. */
final class BatchCutter implements ItemSink {
  /** Stands for an item that is read when its batch is. */
  private static final byte[] NOTHING = {'0'};

  private final int batchSize;
  private final BadRecords onBadRecord;
  private final BatchSink sink;
  private final ByteArrayOutputStream payload = new ByteArrayOutputStream();
  private final List<Part> parts = new ArrayList<>();
  private @Nullable PartBuilder part;
  private boolean carried;
  private final BitSet bad = new BitSet();
  private int inBatch;
  private int items;
  private int batches;

  BatchCutter(int batchSize, BadRecords onBadRecord, BatchSink sink) {
    this.batchSize = batchSize;
    this.onBadRecord = onBadRecord;
    this.sink = sink;
  }

  /** Starts another file. */
  void file(StoredFile file, boolean cuttable) {
    endPart();
    part = new PartBuilder(file, cuttable);
  }

  @Override
  public void bad(long line, long start, long end, InputException mistake) {
    if (onBadRecord == BadRecords.FAIL) {
      throw mistake;
    }
    bad.set(inBatch);
    var why = BatchRef.why(mistake);
    item(line, start, end, why, why.length);
  }

  /**
   * Takes an item that is read when its batch is wanted, and not before.
   *
   * @param row from 0
   */
  void row(long row) {
    item(row + 1, 0, 0, NOTHING, NOTHING.length);
  }

  @Override
  public void item(long line, long start, long end, byte[] json, int length) {
    var current = part;
    if (current == null) {
      throw new IllegalStateException("an item without a file");
    }
    payload.write(inBatch == 0 ? '[' : ',');
    payload.write(json, 0, length);
    carried |= !current.cuttable();
    current.item(line, start, end);
    items = Math.incrementExact(items);
    inBatch++;
    if (payload.size() + 1 > Payload.MAX_BYTES) {
      throw InputException.tooLarge(
          batches, "%s, up to line %d".formatted(current.name(), line), payload.size() + 1L);
    }
    if (inBatch == batchSize) {
      endBatch();
    }
  }

  /** Ends the last batch. */
  void end() {
    if (inBatch > 0) {
      endBatch();
    }
  }

  int items() {
    return items;
  }

  int batches() {
    return batches;
  }

  private void endBatch() {
    endPart();
    payload.write(']');
    sink.batch(
        batches,
        new BatchRef(
            parts, carried ? payload.toByteArray() : null, Positions.of(bad.stream().toArray())));
    batches++;
    payload.reset();
    parts.clear();
    carried = false;
    bad.clear();
    inBatch = 0;
  }

  private void endPart() {
    if (part != null && !part.isEmpty()) {
      parts.add(part.build());
    }
  }
}
