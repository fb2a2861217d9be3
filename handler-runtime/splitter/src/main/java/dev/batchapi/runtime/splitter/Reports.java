package dev.batchapi.runtime.splitter;

import dev.batchapi.contract.Pace;
import dev.batchapi.data.files.SplitListener;
import dev.batchapi.data.split.SplitProgress;
import dev.batchapi.data.store.StoredFile;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Says from time to time how far the splitter is. */
final class Reports implements SplitListener {
  private final Consumer<byte[]> queue;
  private final Pace pace;
  private int allFiles;
  private long allBytes;

  /**
   * @param queue takes what is said
   */
  Reports(Consumer<byte[]> queue, LongSupplier nanoTime) {
    this.queue = queue;
    pace = new Pace(Pace.OF_PROGRESS, nanoTime);
  }

  /** All files are found. */
  void listed(List<StoredFile> files) {
    allFiles = files.size();
    allBytes = files.stream().mapToLong(StoredFile::size).sum();
  }

  @Override
  public void found(int files) {
    if (pace.isDue()) {
      queue.accept(SplitProgress.listing(files).toJson());
    }
  }

  @Override
  public void reached(Reached now) {
    if (pace.isDue()) {
      var progress =
          new SplitProgress(
              allFiles, allBytes, now.files(), now.bytes(), now.items(), now.batches());
      queue.accept(progress.toJson());
    }
  }
}
