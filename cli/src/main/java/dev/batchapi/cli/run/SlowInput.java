package dev.batchapi.cli.run;

import dev.batchapi.data.files.SplitListener;
import dev.batchapi.data.store.StoredFile;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what takes so long while the files of an input are looked at and cut into batches. */
final class SlowInput implements SplitListener, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Duration patience;
  private final PrintStream to;
  private final String first;
  private final Optional<String> store;
  private final Thread watch;
  private volatile int found;
  private volatile @Nullable Reached reached;

  /**
   * Begins to watch.
   *
   * @param paths of the input
   */
  SlowInput(List<String> paths) {
    this(paths, PATIENCE, System.err);
  }

  SlowInput(List<String> paths, Duration patience, PrintStream to) {
    this.patience = patience;
    this.to = to;
    first = StoredFile.name(paths.getFirst());
    store = paths.stream().filter(path -> path.contains("://")).findFirst().map(StoredFile::name);
    watch = Thread.ofVirtual().start(this::say);
  }

  @Override
  public void found(int files) {
    found = files;
  }

  @Override
  public void reached(Reached far) {
    reached = far;
  }

  private void say() {
    try {
      Thread.sleep(patience);
      if (found == 0 && reached == null && store.isPresent()) {
        to.printf(
            "Looking at %s; a store that doesn't answer is asked again for a minute.%n",
            store.get());
      }
      var far = reached;
      while (far == null) {
        Thread.sleep(patience);
        far = reached;
      }
      to.printf(
          Locale.ROOT,
          "The files of %s are read and cut into batches before anything runs: %,d bytes and %,d items so far.%n",
          first,
          far.bytes(),
          far.items());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the batches are cut
    }
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
