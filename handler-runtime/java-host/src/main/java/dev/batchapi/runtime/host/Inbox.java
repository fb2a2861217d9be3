package dev.batchapi.runtime.host;

import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.ProtocolException;
import java.util.concurrent.SynchronousQueue;

/** What the worker asks for, on its way to the handler's thread: one thing at a time. */
final class Inbox {
  private final SynchronousQueue<Frame> frames = new SynchronousQueue<>();

  /** Whether a frame may come: only between an answer and the next one. */
  private volatile boolean listening;

  /** From here on the next frame may come: before its answer is sent, for that may be quick. */
  void listen() {
    listening = true;
  }

  /**
   * Hands over what the worker sent. Called on another thread.
   *
   * @throws ProtocolException if nothing was to come
   */
  void give(Frame frame) throws ProtocolException {
    if (!listening) {
      throw new ProtocolException(
          "a frame " + frame.type() + " before the one before it was answered");
    }
    listening = false;
    try {
      frames.put(frame);
    } catch (InterruptedException e) {
      throw new ProtocolException("the host was interrupted");
    }
  }

  Frame take() throws InterruptedException {
    return frames.take();
  }
}
