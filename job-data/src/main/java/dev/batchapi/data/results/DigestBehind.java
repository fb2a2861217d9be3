package dev.batchapi.data.results;

import dev.batchapi.contract.Sha256;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;

/**
 * The SHA-256 of what is written, which a thread of its own makes while the next is written: with
 * the JVM's first compiler it takes longer than all else about a line. For one thread.
 */
final class DigestBehind {
  private static final int BLOCK = 1 << 16;

  private final MessageDigest digest = Sha256.begin();
  private byte[] block = new byte[BLOCK];
  private byte[] other = new byte[BLOCK];
  private int filled;
  private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);

  /** Adds bytes, which may be changed afterwards. */
  void update(byte[] bytes, int offset, int length) {
    for (var done = 0; done < length; ) {
      var some = Math.min(length - done, BLOCK - filled);
      System.arraycopy(bytes, offset + done, block, filled, some);
      filled += some;
      done += some;
      if (filled == BLOCK) {
        next();
      }
    }
  }

  private void next() {
    running.join();
    var full = block;
    block = other;
    other = full;
    filled = 0;
    running = CompletableFuture.runAsync(() -> digest.update(full), Thread::startVirtualThread);
  }

  /** That of all bytes, in hexadecimal figures; nothing is added afterwards. */
  String hex() {
    running.join();
    digest.update(block, 0, filled);
    return HexFormat.of().formatHex(digest.digest());
  }
}
