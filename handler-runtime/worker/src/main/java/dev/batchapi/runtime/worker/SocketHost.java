package dev.batchapi.runtime.worker;

import dev.batchapi.data.results.LargeJson;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Handle;
import dev.batchapi.runtime.protocol.ProtocolException;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A host at the other end of a socket: docs/protocol/handler-protocol.md. */
final class SocketHost implements Host {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");

  /** How long a handler may take to close, and its process to end, when the worker ends. */
  private static final Duration CLOSE_TIME = Duration.ofSeconds(10);

  /** How long a host that ends its batches itself may take for that, before it is ended. */
  private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(4);

  private final HostConnection connection;
  private final HostProcess process;
  private final Greeting greeting;
  private final AnswerReader answers;

  private SocketHost(
      HostConnection connection, HostProcess process, Greeting greeting, AnswerReader answers) {
    this.answers = answers;
    this.connection = connection;
    this.process = process;
    this.greeting = greeting;
  }

  /**
   * Greets a host that has connected, and waits until its handler is constructed.
   *
   * @param metrics gets what the handler pushes over the socket
   * @param startup how long the construction may take; empty without a limit
   */
  static SocketHost start(
      FrameChannel channel,
      HostProcess process,
      Start start,
      StatsdMetrics metrics,
      Optional<Duration> startup)
      throws HostStartException, InterruptedException {
    var most = start.limits().resultBytes();
    var connection = HostConnection.listen(channel, process, new MetricFrames(metrics), most);
    try {
      var greeting = Greeting.exchange(connection, start, startup);
      return new SocketHost(connection, process, greeting, new AnswerReader(most));
    } catch (HostStartException | InterruptedException e) {
      connection.kill();
      throw e;
    }
  }

  @Override
  public Answer handle(Call call) {
    var handle =
        new Handle(
            call.index(),
            call.attempt(),
            call.deadline().map(Instant::toEpochMilli).orElse(0L),
            call.firstItem(),
            call.positions(),
            call.numbers(),
            call.id(),
            ByteBuffer.wrap(call.payload()));
    var limit = call.deadline().map(at -> greeting.endsBatches() ? at.plus(TIME_TO_ANSWER) : at);
    return call(call, limit, FrameType.HANDLE, handle.header(), handle.payload());
  }

  @Override
  public Answer complete(Optional<Instant> deadline, byte[] summary) {
    return call(null, deadline, FrameType.COMPLETE, ByteBuffer.wrap(summary));
  }

  private Answer call(
      @Nullable Call call, Optional<Instant> limit, FrameType type, ByteBuffer... parts) {
    var before = connection.gone();
    if (before.isPresent()) {
      return new Answer.NeverStarted(
          "the handler's process ended between two batches: "
              + connection.howItEnded(before.get()));
    }
    HostConnection.Event event;
    var deadline = new BatchDeadline(limit, this::kill);
    var permits =
        new PermitDesk(
            connection,
            call == null ? CallPermits.UNLIMITED : call.permits(),
            call == null ? limit : call.deadline(),
            deadline);
    try (deadline) {
      event = exchange(permits, type, parts);
    }
    if (event instanceof HostConnection.Event.Came && permits.turnedAway()) {
      return new Answer.NeverStarted("the batch had not begun when its wait for the rate ended");
    }
    return switch (event) {
      case HostConnection.Event.Came(var frame, var largeParts) -> answer(frame, largeParts);
      case HostConnection.Event.Gone _ when deadline.hasPassed() -> new Answer.TimedOut();
      case HostConnection.Event.Gone(var why) ->
          new Answer.Died(
              "The handler's process ended in the middle of the batch: "
                  + connection.howItEnded(why));
    };
  }

  private HostConnection.Event exchange(PermitDesk permits, FrameType type, ByteBuffer... parts) {
    try {
      connection.expect(HostConnection.Due.ANSWER);
      connection.write(type, parts);
      return permits.next();
    } catch (ProtocolException e) {
      kill();
      return new HostConnection.Event.Gone(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new HostConnection.Event.Gone(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      return new HostConnection.Event.Gone("the worker was interrupted");
    }
  }

  private Answer answer(Frame frame, @Nullable LargeJson parts) {
    try {
      return answers.read(frame, parts);
    } catch (IOException e) {
      kill();
      return new Answer.Died("The handler's process broke the protocol: " + e.getMessage());
    }
  }

  @Override
  public Duration construction() {
    return greeting.construction();
  }

  @Override
  public boolean replaceable() {
    return greeting.replaceable();
  }

  @Override
  public boolean alive() {
    return connection.gone().isEmpty();
  }

  @Override
  public void kill() {
    connection.kill();
  }

  @Override
  public void close() {
    end(FrameType.STOP);
  }

  @Override
  public void replace() {
    end(FrameType.REPLACE);
  }

  private void end(FrameType how) {
    if (alive()) {
      try {
        connection.write(how);
      } catch (IOException e) {
        LOG.debug("the host was gone before it was stopped", e);
      }
      if (!process.awaitEnd(CLOSE_TIME)) {
        LOG.warn(
            "the handler's process did not end within {} s of being told to, and is ended",
            CLOSE_TIME.toSeconds());
      } else {
        connection.awaitItsLastFrames();
      }
    }
    kill();
  }
}
