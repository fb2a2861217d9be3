package dev.batchapi.queue.memory;

import java.io.IOException;
import java.nio.file.Path;

/** Another process has this journal open. */
public final class JournalInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  JournalInUseException(Path folder) {
    super("another process has the journal in %s open".formatted(folder));
  }
}
