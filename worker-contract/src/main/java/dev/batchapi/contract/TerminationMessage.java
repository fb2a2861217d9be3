package dev.batchapi.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A container's last words, which Kubernetes shows in its status. */
public final class TerminationMessage {
  /** What Kubernetes keeps of it. */
  private static final int MAX_BYTES = 4096;

  private TerminationMessage() {}

  /** Writes it, cut in the middle if it is too long. */
  public static void write(Path file, String message) throws IOException {
    Files.writeString(file, TextLimit.bothEnds(message, MAX_BYTES));
  }
}
