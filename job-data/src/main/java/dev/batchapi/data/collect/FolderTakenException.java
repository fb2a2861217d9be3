package dev.batchapi.data.collect;

import org.jspecify.annotations.Nullable;

/** A job's output folder is another job's, whose results are not there. */
public final class FolderTakenException extends OutputException {
  private static final long serialVersionUID = 1L;

  private final transient OutputFolder.@Nullable Owner owner;

  FolderTakenException(String message, OutputFolder.@Nullable Owner owner) {
    super(OutputProblem.OutputExists, message);
    this.owner = owner;
  }

  /** Whose it is, as the folder says; null if it says nothing that can be read. */
  public OutputFolder.@Nullable Owner owner() {
    return owner;
  }
}
