package dev.batchapi.runtime.worker;

import dev.batchapi.metrics.Loss;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.queue.BatchError;
import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Handle;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.Hello;
import dev.batchapi.runtime.protocol.Invalid;
import dev.batchapi.runtime.protocol.LostPushes;
import dev.batchapi.runtime.protocol.Metric;
import dev.batchapi.runtime.protocol.ProtocolException;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A host at the other end of a socket: docs/protocol.md, "Worker and host". */
final class SocketHost implements Host {
  private static final Logger log = LoggerFactory.getLogger("dev.batchapi.worker");

  /** How long a handler may take to close, and its process to end, when the worker ends. */
  private static final Duration CLOSE_TIME = Duration.ofSeconds(10);

  /** How long the end of a process may trail the end of its connection. */
  private static final Duration END_TIME = Duration.ofSeconds(2);

  private static final ScheduledExecutorService DEADLINES =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("batch-deadlines").factory());

  private sealed interface Event {
    record Came(Frame frame) implements Event {}

    record Gone(String why) implements Event {}
  }

  private final FrameChannel channel;
  private final HostProcess process;
  private final StatsdMetrics metrics;
  private final BlockingQueue<Event> answers = new LinkedBlockingQueue<>();
  private final Thread reader =
      Thread.ofPlatform().daemon().name("host-reader").unstarted(this::read);
  private volatile @Nullable String gone;
  private final AtomicReference<Due> due = new AtomicReference<>(Due.HELLO);
  private boolean replaceable;
  private Duration construction = Duration.ZERO;

  /** What may come next, besides metrics; anything else ends the connection. */
  private enum Due {
    NOTHING,
    HELLO,
    READY,
    ANSWER
  }

  private SocketHost(FrameChannel channel, HostProcess process, StatsdMetrics metrics) {
    this.channel = channel;
    this.process = process;
    this.metrics = metrics;
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
    var host = new SocketHost(channel, process, metrics);
    host.reader.start();
    try {
      host.greet(start, startup);
      return host;
    } catch (HostStartException | InterruptedException e) {
      host.kill();
      throw e;
    }
  }

  private void greet(Start start, Optional<Duration> startup)
      throws HostStartException, InterruptedException {
    var wait = startup.orElse(Duration.ofDays(10_000));
    try {
      var hello = Hello.decode(next(wait).expect(FrameType.HELLO));
      replaceable = hello.replaceable();
      if (hello.protocol() != Hello.PROTOCOL) {
        throw new HostStartException(
            HostStartException.Kind.INVALID,
            "The host (%s) speaks protocol %d and the worker %d: use images of one version."
                .formatted(hello.runtime(), hello.protocol(), Hello.PROTOCOL),
            null);
      }
      due.set(Due.READY);
      var before = System.nanoTime();
      channel.write(FrameType.START, start.encode());
      var answer = next(wait);
      switch (answer.type()) {
        case READY -> construction = Duration.ofNanos(System.nanoTime() - before);
        case INVALID ->
            throw new HostStartException(
                HostStartException.Kind.INVALID, Invalid.decode(answer.body()).message(), null);
        case BROKEN -> {
          var error = HandlerError.decode(answer.body());
          throw new HostStartException(
              HostStartException.Kind.BROKEN,
              "The handler could not be constructed: %s: %s"
                  .formatted(error.type(), error.message()),
              error.stack().isEmpty() ? null : error.stack());
        }
        default -> answer.expect(FrameType.READY);
      }
    } catch (IOException e) {
      throw new HostStartException(
          HostStartException.Kind.BROKEN,
          "The handler's process ended before it was ready: " + end(String.valueOf(e.getMessage())),
          null);
    }
  }

  private Frame next(Duration wait) throws IOException, InterruptedException, HostStartException {
    return switch (answers.poll(wait.toMillis(), TimeUnit.MILLISECONDS)) {
      case Event.Came(var frame) -> frame;
      case Event.Gone(var why) -> throw new IOException(why);
      case null ->
          throw new HostStartException(
              HostStartException.Kind.BROKEN,
              "The handler was not ready within timeouts.startupSeconds (%d s)."
                  .formatted(wait.toSeconds()),
              null);
    };
  }

  private void read() {
    try {
      while (true) {
        var frame = channel.read();
        switch (frame.type()) {
          case METRIC -> push(Metric.decode(frame.body()));
          case LOSSES -> count(LostPushes.decode(frame.body()));
          case FLUSH -> metrics.flushSoon();
          case HELLO -> came(Due.HELLO, frame);
          case READY, INVALID, BROKEN -> came(Due.READY, frame);
          case RESULT, FAILED -> {
            came(Due.ANSWER, frame);
            metrics.flushSoon();
          }
          case START, HANDLE, COMPLETE, STOP, REPLACE ->
              throw new ProtocolException("a host sent " + frame.type());
        }
      }
    } catch (ProtocolException e) {
      log.warn("the host broke the protocol and is ended: {}", e.getMessage());
      process.kill();
      ended(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      ended(String.valueOf(e.getMessage()));
    } catch (Throwable e) {
      // Whoever waits for an answer would wait for ever, for this thread is the one that hears it.
      process.kill();
      ended("its answer could not be read: " + e);
    }
  }

  /** One that nobody asked for would be taken for the answer to the next batch. */
  private void came(Due as, Frame frame) throws ProtocolException {
    if (!due.compareAndSet(as, Due.NOTHING)) {
      throw new ProtocolException("a " + frame.type() + " that was not its turn");
    }
    answers.add(new Event.Came(frame));
  }

  private void ended(String why) {
    gone = why;
    process.disconnected();
    answers.add(new Event.Gone(why));
    closeChannel();
  }

  private void push(Metric metric) {
    try {
      switch (metric.kind()) {
        case COUNTER -> metrics.increment(metric.name(), metric.value(), metric.tags());
        case GAUGE -> metrics.gauge(metric.name(), metric.value(), metric.tags());
        case HISTOGRAM -> metrics.histogram(metric.name(), metric.value(), metric.tags());
        case DISTRIBUTION -> metrics.distribution(metric.name(), metric.value(), metric.tags());
      }
    } catch (IllegalArgumentException e) {
      // The host refuses reserved names before they get here.
      log.warn("a metric was dropped: {}", e.getMessage());
    }
  }

  private void count(LostPushes lost) {
    if (lost.counted()) {
      log.info(
          "Metrics of the handler: dropped or changed, by reason: {}",
          lost.losses().stream()
              .map(loss -> loss.reason() + "=" + loss.count())
              .collect(Collectors.joining(", ", "{", "}")));
      return;
    }
    for (var loss : lost.losses()) {
      metrics.lost(Loss.of(loss.reason()), loss.count(), loss.metric(), loss.detail());
    }
  }

  @Override
  public Answer handle(
      String id, int index, int attempt, Optional<Instant> deadline, byte[] payload) {
    var handle =
        new Handle(
            index,
            attempt,
            deadline.map(Instant::toEpochMilli).orElse(0L),
            id,
            ByteBuffer.wrap(payload));
    return call(deadline, FrameType.HANDLE, handle.header(), handle.payload());
  }

  @Override
  public Answer complete(Optional<Instant> deadline, byte[] summary) {
    return call(deadline, FrameType.COMPLETE, ByteBuffer.wrap(summary));
  }

  private Answer call(Optional<Instant> deadline, FrameType type, ByteBuffer... parts) {
    var before = gone;
    if (before != null) {
      return new Answer.NeverStarted(
          "the handler's process ended between two batches: " + end(before));
    }
    var limit = deadline.map(d -> Duration.between(Instant.now(), d));
    var overdue = new boolean[1];
    var timer =
        limit.map(
            l ->
                DEADLINES.schedule(
                    () -> {
                      overdue[0] = true;
                      kill();
                    },
                    l.toMillis(),
                    TimeUnit.MILLISECONDS));
    Event event;
    try {
      due.set(Due.ANSWER);
      channel.write(type, parts);
      event = answers.take();
    } catch (IOException e) {
      event = new Event.Gone(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      event = new Event.Gone("the worker was interrupted");
    } finally {
      timer.ifPresent(t -> t.cancel(false));
    }
    return switch (event) {
      case Event.Came(var frame) -> answer(frame);
      case Event.Gone _ when overdue[0] -> new Answer.TimedOut();
      case Event.Gone(var why) ->
          new Answer.Died("The handler's process ended in the middle of the batch: " + end(why));
    };
  }

  private Answer answer(Frame frame) {
    try {
      return switch (frame.type()) {
        case RESULT -> result(frame.body());
        case FAILED -> failed(HandlerError.decode(frame.body()));
        default -> throw new ProtocolException(frame.type() + " where a RESULT was due");
      };
    } catch (IOException e) {
      kill();
      return new Answer.Died("The handler's process broke the protocol: " + e.getMessage());
    }
  }

  /** Hosts keep the rules themselves; one that doesn't must not break the ledger. */
  private static Answer result(byte[] json) {
    var wrong = ResultCheck.wrong(json, Start.Limits.DEFAULT.resultBytes());
    return wrong.isEmpty()
        ? new Answer.Result(json)
        : new Answer.Failed(BatchError.of(BatchError.Reason.ResultInvalid, wrong.get()));
  }

  private static Answer failed(HandlerError error) {
    return error.reason() == HandlerError.Reason.WorkerBroken
        ? new Answer.Broke(error(error))
        : new Answer.Failed(error(error));
  }

  private static BatchError error(HandlerError error) {
    var reason =
        switch (error.reason()) {
          case HandlerFailed, WorkerBroken -> BatchError.Reason.HandlerFailed;
          case FatalError -> BatchError.Reason.FatalError;
          case ResultInvalid -> BatchError.Reason.ResultInvalid;
        };
    return new BatchError(
        reason,
        error.message(),
        error.type().isEmpty() ? null : error.type(),
        error.stack().isEmpty() ? null : error.stack());
  }

  @Override
  public Duration construction() {
    return construction;
  }

  @Override
  public boolean replaceable() {
    return replaceable;
  }

  @Override
  public boolean alive() {
    return gone == null;
  }

  @Override
  public void kill() {
    process.kill();
    closeChannel();
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
        channel.write(how);
      } catch (IOException e) {
        log.debug("the host was gone before it was stopped", e);
      }
      if (!process.awaitEnd(CLOSE_TIME)) {
        log.warn(
            "the handler's process did not end within {} s of being told to, and is ended",
            CLOSE_TIME.toSeconds());
      } else {
        awaitItsLastFrames();
      }
    }
    kill();
  }

  /** What it pushed last may still be in the socket when its process has ended. */
  private void awaitItsLastFrames() {
    try {
      reader.join(END_TIME);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How the process ended, or what the connection said if that is not to be known. */
  private String end(String why) {
    return process.awaitEnd(END_TIME) ? process.howItEnded() : why;
  }

  private void closeChannel() {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("the host's connection could not be closed", e);
    }
  }
}
