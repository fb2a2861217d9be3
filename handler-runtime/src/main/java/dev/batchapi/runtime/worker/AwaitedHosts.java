package dev.batchapi.runtime.worker;

import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for the one host that another container starts: the cluster. It can't be started anew from
 * here; when it is gone the worker ends, and the operator replaces both.
 */
public final class AwaitedHosts implements HostSource {
  private final HostSocket socket;
  private final Start start;
  private final StatsdMetrics metrics;
  private final Runnable onConnect;
  private final Duration connectTime;
  private final Optional<Duration> startup;

  /**
   * @param onConnect is called when a host has connected
   * @param connectTime how long the other container may take to start, its image's pull included
   * @param startup how long the handler's construction may take; empty without a limit
   */
  public AwaitedHosts(
      HostSocket socket,
      Start start,
      StatsdMetrics metrics,
      Runnable onConnect,
      Duration connectTime,
      Optional<Duration> startup) {
    this.socket = socket;
    this.start = start;
    this.metrics = metrics;
    this.onConnect = onConnect;
    this.connectTime = connectTime;
    this.startup = startup;
  }

  @Override
  public Host start() throws HostStartException, InterruptedException {
    try {
      var channel = socket.next().get(connectTime.toMillis(), TimeUnit.MILLISECONDS);
      onConnect.run();
      return SocketHost.start(channel, new Unseen(channel), start, metrics, startup);
    } catch (TimeoutException e) {
      throw new HostStartException(
          HostStartException.Kind.ABSENT,
          "The handler's container did not connect within %d s. Look at its state and its log: kubectl describe pod, kubectl logs."
              .formatted(connectTime.toSeconds()),
          null);
    } catch (ExecutionException e) {
      throw new HostStartException(
          HostStartException.Kind.ABSENT,
          "The socket for the handler's container failed: " + e.getCause(),
          null);
    }
  }

  @Override
  public boolean canRestart() {
    return false;
  }

  /** A process in another container: only its connection is seen, and closing that ends it. */
  private record Unseen(FrameChannel channel, CountDownLatch ended) implements HostProcess {
    private Unseen(FrameChannel channel) {
      this(channel, new CountDownLatch(1));
    }

    @Override
    public void kill() {
      ended.countDown();
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void disconnected() {
      ended.countDown();
    }

    @Override
    public boolean awaitEnd(Duration atMost) {
      try {
        return ended.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public String howItEnded() {
      return "the handler's container ended";
    }
  }
}
