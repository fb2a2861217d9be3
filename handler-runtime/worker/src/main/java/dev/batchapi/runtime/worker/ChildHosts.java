package dev.batchapi.runtime.worker;

import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Starts hosts as child processes: the laptop. */
public final class ChildHosts implements HostSource {
  /** A child that hasn't connected by then never will. */
  public static final Duration CONNECT_TIME = Duration.ofSeconds(60);

  private final Launcher launcher;
  private final Start start;
  private final StatsdMetrics metrics;
  private final Optional<Duration> startup;
  private final Duration connectTime;

  /** Starts one host process that connects to the given socket. */
  public interface Launcher {
    Process launch(Path socket) throws IOException;
  }

  public ChildHosts(
      Launcher launcher, Start start, StatsdMetrics metrics, Optional<Duration> startup) {
    this(launcher, start, metrics, startup, CONNECT_TIME);
  }

  /**
   * The same for children that may take their time, as one does that waits for a debugger.
   *
   * @param startup how long until a handler is constructed; empty: as long as it takes
   * @param connectTime how long until a child has connected
   */
  public ChildHosts(
      Launcher launcher,
      Start start,
      StatsdMetrics metrics,
      Optional<Duration> startup,
      Duration connectTime) {
    this.connectTime = connectTime;
    this.launcher = launcher;
    this.start = start;
    this.metrics = metrics;
    this.startup = startup;
  }

  @Override
  public Host start() throws HostStartException, InterruptedException {
    @Nullable ChildProcess child = null;
    var ready = false;
    try {
      // Not under java.io.tmpdir when that is long: a socket's path has about 100 bytes.
      var folder = Files.createTempDirectory(Path.of("/tmp"), "batchapi");
      try (var socket = new HostSocket(folder.resolve("host.sock"))) {
        var connected = socket.next();
        child = new ChildProcess(launcher.launch(socket.path()));
        var host = SocketHost.start(connection(connected, child), child, start, metrics, startup);
        ready = true;
        return host;
      } finally {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new HostStartException(
          HostStartException.Kind.BROKEN,
          "The handler's process could not be started: " + e.getMessage(),
          null);
    } finally {
      if (child != null && !ready) {
        child.kill();
      }
    }
  }

  private FrameChannel connection(CompletableFuture<FrameChannel> connected, ChildProcess child)
      throws HostStartException, InterruptedException {
    try {
      CompletableFuture.anyOf(connected, child.onEnd())
          .get(connectTime.toSeconds(), TimeUnit.SECONDS);
      if (connected.isDone()) {
        return connected.get();
      }
      throw broken("The handler's process ended before it was ready: " + child.howItEnded());
    } catch (TimeoutException e) {
      throw broken(
          "The handler's process did not connect within %d s.".formatted(connectTime.toSeconds()));
    } catch (ExecutionException e) {
      throw broken("The handler's process could not be reached: " + e.getCause());
    }
  }

  private static HostStartException broken(String message) {
    return new HostStartException(HostStartException.Kind.BROKEN, message, null);
  }

  @Override
  public boolean canRestart() {
    return true;
  }
}
