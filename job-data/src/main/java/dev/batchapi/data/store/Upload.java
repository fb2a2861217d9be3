package dev.batchapi.data.store;

import java.io.OutputStream;

/**
 * A file that is being written. It is there, whole, once it is committed, and nobody sees any of it
 * before. Not thread-safe.
 *
 * <p>What goes wrong are the exceptions of {@link Store}, and no {@link java.io.IOException}.
 */
public abstract class Upload extends OutputStream {
  private final byte[] one = new byte[1];

  @Override
  public final void write(int b) {
    one[0] = (byte) b;
    write(one, 0, 1);
  }

  @Override
  public final void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  @Override
  public abstract void write(byte[] bytes, int offset, int length);

  /**
   * Gives the file its name. A file that has the name already is never replaced.
   *
   * @return false if there is one: somebody else's; or this one, if the store has answered before
   *     and its answer was lost, so look before you say whose it is
   * @throws StoreUnavailableException if it may work later, in another upload
   * @throws StoreRefusedException if it never will
   */
  public abstract boolean commit();

  /** Leaves nothing of a file that is not committed. */
  @Override
  public abstract void close();
}
