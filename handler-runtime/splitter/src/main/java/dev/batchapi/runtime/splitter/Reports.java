package dev.batchapi.runtime.splitter;

import dev.batchapi.data.files.SplitListener;
import dev.batchapi.data.split.SplitProgress;
import dev.batchapi.data.store.StoredFile;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Says from time to time how far the splitter is. */
final class Reports implements SplitListener {
  /** More often than that the owner does not look. */
  static final Duration EVERY = Duration.ofSeconds(1);

  private final Consumer<byte[]> queue;
  private final LongSupplier nanoTime;
  private int allFiles;
  private long allBytes;
  private long said;

  /**
   * @param queue takes what is said
   */
  Reports(Consumer<byte[]> queue, LongSupplier nanoTime) {
    this.queue = queue;
    this.nanoTime = nanoTime;
    said = nanoTime.getAsLong();
  }

  /** All files are found. */
  void listed(List<StoredFile> files) {
    allFiles = files.size();
    allBytes = files.stream().mapToLong(StoredFile::size).sum();
  }

  @Override
  public void found(int files) {
    if (isDue()) {
      queue.accept(SplitProgress.listing(files).toJson());
    }
  }

  @Override
  public void reached(Reached now) {
    if (isDue()) {
      var progress =
          new SplitProgress(
              allFiles, allBytes, now.files(), now.bytes(), now.items(), now.batches());
      queue.accept(progress.toJson());
    }
  }

  private boolean isDue() {
    var now = nanoTime.getAsLong();
    if (now - said < EVERY.toNanos()) {
      return false;
    }
    said = now;
    return true;
  }
}
