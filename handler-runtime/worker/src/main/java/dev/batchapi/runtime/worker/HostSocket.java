package dev.batchapi.runtime.worker;

import dev.batchapi.runtime.protocol.FrameChannel;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;

/** The Unix socket that a worker listens on for its host. One host at a time. */
public final class HostSocket implements AutoCloseable {
  private final Path path;
  private final ServerSocketChannel server;

  /**
   * Binds the socket; a file that an earlier worker left there is replaced. Whoever can reach the
   * folder may connect: the host's container may run as another user.
   *
   * @param path at most about 100 bytes long, a limit of the operating system
   */
  public HostSocket(Path path) throws IOException {
    this.path = path;
    Files.deleteIfExists(path);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path), 1);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
  }

  public Path path() {
    return path;
  }

  /** The next host that connects; fails when the socket is closed before one does. */
  CompletableFuture<FrameChannel> next() {
    var connected = new CompletableFuture<FrameChannel>();
    Thread.ofPlatform()
        .daemon()
        .name("host-socket")
        .start(
            () -> {
              try {
                accept(connected);
              } catch (IOException e) {
                connected.completeExceptionally(e);
              }
            });
    return connected;
  }

  private void accept(CompletableFuture<FrameChannel> connected) throws IOException {
    SocketChannel channel = server.accept();
    if (!connected.complete(new FrameChannel(channel))) {
      channel.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(path);
  }
}
