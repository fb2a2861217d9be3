package dev.batchapi.queue;

/**
 * How much of a job's work may wait in the queue; the rest follows as work is done.
 *
 * @param batches so many may wait at most, those beside that are leased; at least 1
 * @param least so many are put in whatever their size, for workers must find work; at least 1
 * @param bytes about so much payload may wait, unless fewer than {@code least} batches do
 */
public record Window(int batches, int least, long bytes) {
  /** Everything at once. */
  public static final Window UNBOUNDED = new Window(Integer.MAX_VALUE, 1, Long.MAX_VALUE);

  public Window {
    if (batches < 1 || least < 1) {
      throw new IllegalArgumentException("A window has room for one batch at least.");
    }
  }
}
