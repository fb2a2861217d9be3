package dev.batchapi.data.files;

/** Sees how far splitting is. It is called often, by the thread that splits, and must be quick. */
public interface SplitListener {
  /** For who does not want to know. */
  SplitListener NONE =
      new SplitListener() {
        @Override
        public void found(int files) {}

        @Override
        public void reached(Reached reached) {}
      };

  /** So many files are found so far, while they are listed. */
  void found(int files);

  /** So much of them is read. */
  void reached(Reached reached);

  /**
   * How far it is.
   *
   * @param files that are read to their end
   * @param bytes that are read, as they are stored
   * @param items that are found
   * @param batches that are cut
   */
  record Reached(int files, long bytes, int items, int batches) {}
}
