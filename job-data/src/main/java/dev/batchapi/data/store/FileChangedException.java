package dev.batchapi.data.store;

/** A file isn't the version any more that was listed, or is gone; the message names it. */
public class FileChangedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param file as it was listed
   * @param now what is there now, to follow "it is": {@code gone}, {@code another version}
   */
  public FileChangedException(StoredFile file, String now) {
    super(
        "%s changed since it was listed: it is %s. A job reads one version of its files; start another job for the new one."
            .formatted(file.name(), now));
  }
}
