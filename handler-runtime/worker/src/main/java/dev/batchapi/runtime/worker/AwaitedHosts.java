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
 * Waits for the hosts that another container starts: the cluster. When one has ended by itself the
 * container has, so the worker ends, and the operator replaces both. Only a host that was asked to
 * make room for another is followed by one.
 */
public final class AwaitedHosts implements HostSource {
  /** How long a process that takes another's place may take: its container runs already. */
  private static final Duration ANOTHER_TIME = Duration.ofSeconds(90);

  private final HostSocket socket;
  private final Start start;
  private final StatsdMetrics metrics;
  private final Runnable onConnect;
  private final Duration connectTime;
  private final Optional<Duration> startup;
  private boolean cameBefore;

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
    var wait = cameBefore && connectTime.compareTo(ANOTHER_TIME) > 0 ? ANOTHER_TIME : connectTime;
    try {
      var channel = socket.next().get(wait.toMillis(), TimeUnit.MILLISECONDS);
      cameBefore = true;
      onConnect.run();
      return SocketHost.start(channel, new Unseen(channel), start, metrics, startup);
    } catch (TimeoutException e) {
      throw new HostStartException(
          HostStartException.Kind.ABSENT,
          "The handler's container did not connect within %d s. Look at its state and its log: kubectl describe pod, kubectl logs."
              .formatted(wait.toSeconds()),
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
