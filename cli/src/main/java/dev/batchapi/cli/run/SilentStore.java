package dev.batchapi.cli.run;

import dev.batchapi.data.store.StoredFile;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Says what is waited for while the files of an input are looked at, once that takes long. */
final class SilentStore implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Thread watch;

  private SilentStore(Optional<String> url) {
    watch = Thread.ofVirtual().start(() -> url.ifPresent(SilentStore::say));
  }

  private static void say(String url) {
    try {
      Thread.sleep(PATIENCE);
      System.err.printf(
          "Looking at %s; a store that doesn't answer is asked again for a minute.%n",
          StoredFile.name(url));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it has answered
    }
  }

  /**
   * Begins to watch.
   *
   * @param paths of an input; only those of stores are waited for
   */
  static SilentStore watched(List<String> paths) {
    return new SilentStore(paths.stream().filter(path -> path.contains("://")).findFirst());
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
