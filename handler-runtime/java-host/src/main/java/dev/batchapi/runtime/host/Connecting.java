package dev.batchapi.runtime.host;

import dev.batchapi.runtime.protocol.FrameChannel;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Finds the worker, which may start later than the host. */
final class Connecting {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

  /** What the system takes as a socket's path; the JDK's own message doesn't name the path. */
  private static final int LONGEST_PATH = 107;

  private Connecting() {}

  /**
   * Tries until somebody listens.
   *
   * @param patience how long
   * @throws IOException if nobody did, or nobody ever can
   */
  static FrameChannel to(Path socket, Duration patience) throws IOException {
    if (socket.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length > LONGEST_PATH) {
      throw new IOException(
          "the socket's path is longer than %d bytes: %s".formatted(LONGEST_PATH, socket));
    }
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
    long start = System.nanoTime();
    for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
      try {
        return new FrameChannel(SocketChannel.open(address));
      } catch (SocketException nobody) {
        if (System.nanoTime() - start >= patience.toNanos()) {
          throw new IOException(
              "no worker listened at %s for %d s (%s)"
                  .formatted(socket, patience.toSeconds(), nobody.getMessage()),
              nobody);
        }
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }
}
