package dev.batchapi.runtime.host;

/**
 * The thread that the author's code runs on.
 *
 * <p>It can be interrupted only while that code runs: an interrupt that comes later, say from a
 * watchdog of the author's, would close the socket under the answer that is being written.
 */
final class HandlerThread extends Thread {
  /** Guards {@link #authorsTurn}. */
  private final Object turn = new Object();

  private boolean authorsTurn;

  HandlerThread(Runnable session) {
    super(null, session, "handler");
    setDaemon(true); // The process ends when the conversation does.
  }

  /** While it is open, the author's code runs, on this thread. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Begins the author's turn, with their context class loader. None of its interrupts outlives it.
   */
  Turn give(ClassLoader loader) {
    setContextClassLoader(loader);
    synchronized (turn) {
      authorsTurn = true;
    }
    return () -> {
      synchronized (turn) {
        authorsTurn = false;
        var _ = Thread.interrupted();
      }
    };
  }

  @Override
  public void interrupt() {
    synchronized (turn) {
      if (authorsTurn) {
        super.interrupt();
      }
    }
  }
}
