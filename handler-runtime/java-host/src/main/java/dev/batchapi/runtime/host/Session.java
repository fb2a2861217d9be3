package dev.batchapi.runtime.host;

import dev.batchapi.handler.JobSummary;
import dev.batchapi.runtime.protocol.Complete;
import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Handle;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.Invalid;
import dev.batchapi.runtime.protocol.LostPushes;
import dev.batchapi.runtime.protocol.Permits;
import dev.batchapi.runtime.protocol.ProtocolException;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The working half of the host, on the handler's thread: loads the handler and calls it. */
final class Session implements Runnable {
  private static final byte[] EMPTY_OBJECT = {'{', '}'};

  private final FrameChannel channel;
  private final Path code;
  private final Start start;
  private final PrintStream errors;
  private final Answer answer;
  private final RatePermits permits;
  private final Supplier<JsonBinding> ours;
  private final Inbox inbox = new Inbox();

  private volatile int exitCode = JavaHost.EXIT_WORKER_GONE;

  /** Whether the author's code goes on in spite of its deadline: this thread is lost to it. */
  private volatile boolean lost;

  private volatile @Nullable HandlerMetrics metrics;

  Session(
      FrameChannel channel,
      Path code,
      Start start,
      PrintStream errors,
      Supplier<JsonBinding> ours) {
    this.ours = ours;
    this.channel = channel;
    this.code = code;
    this.start = start;
    this.errors = errors;
    this.answer = new Answer(channel, start);
    this.permits = new RatePermits(channel);
  }

  /**
   * Hands over what the worker sent. Called on another thread.
   *
   * @throws ProtocolException if nothing was to come
   */
  void give(Frame frame) throws ProtocolException {
    inbox.give(frame);
  }

  /** Hands over permits that were wanted. Called on another thread. */
  void permitted(Permits some) throws ProtocolException {
    permits.came(some);
  }

  /** Whether the handler's thread will take nothing more, not even its end. */
  boolean isLost() {
    return lost;
  }

  /** What the process is to end with, once this has run. */
  int exitCode() {
    return exitCode;
  }

  /** Whatever was pushed is sent. May be called on any thread, and twice. */
  void closeMetrics() {
    HandlerMetrics open = metrics;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void run() {
    try {
      serve();
    } catch (ProtocolException e) {
      errors.println("batchapi host: the worker sent what is not the protocol: " + e.getMessage());
    } catch (IOException e) {
      // The worker is gone; the other thread sees it as well.
    } catch (InterruptedException e) {
      errors.println("batchapi host: interrupted");
    } catch (OutOfMemoryError e) {
      exitCode = JavaHost.EXIT_BROKEN; // No room for an answer either: the end is the answer.
    } finally {
      if (!lost && exitCode != JavaHost.EXIT_STOPPED && exitCode != JavaHost.EXIT_REPLACE) {
        hangUp();
      }
    }
  }

  private void hangUp() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed, then.
    }
  }

  private void serve() throws IOException, InterruptedException {
    HandlerThread thread = (HandlerThread) Thread.currentThread();
    LoadedHandler handler;
    ClassLoader loader;
    HandlerMetrics open;
    try {
      HandlerLoader loading = loading();
      loader = loading.loader();
      open = HandlerMetrics.open(start.metrics(), channel);
      metrics = open;
      try (var _ = thread.give(loader)) {
        handler = loading.load(start, open, ours);
      }
    } catch (HandlerInvalidException e) {
      byte[] message =
          new Invalid(String.valueOf(e.getMessage())).encode(start.limits().errorBytes());
      channel.write(FrameType.INVALID, message);
      exitCode = JavaHost.EXIT_NO_HANDLER;
      return;
    } catch (HandlerBrokenException e) {
      answer.fail(FrameType.BROKEN, AuthorErrors.of(e.thrown()));
      exitCode = JavaHost.EXIT_NO_HANDLER;
      return;
    }
    BatchCall call = new BatchCall(start.handler(), permits, answer, e -> giveUp(e, open));
    inbox.listen();
    channel.write(FrameType.READY, EMPTY_OBJECT);
    while (true) {
      Frame frame = inbox.take();
      switch (frame.type()) {
        case HANDLE -> {
          Handle batch = Handle.decode(frame.body());
          Optional<HandlerError> error;
          try (var _ = thread.give(loader)) {
            error = call.handle(handler, batch);
          }
          if (lost) {
            return;
          }
          send(error, open);
        }
        case COMPLETE -> {
          JobSummary summary = Complete.decode(frame.body()).summary();
          Optional<HandlerError> error;
          try (var _ = thread.give(loader)) {
            error = complete(handler, summary);
          }
          send(error, open);
        }
        case STOP, REPLACE -> {
          boolean stopped = frame.type() == FrameType.STOP;
          exitCode = stopped ? JavaHost.EXIT_STOPPED : JavaHost.EXIT_REPLACE;
          if (!answer.isBroken()) {
            try (var _ = thread.give(loader)) {
              close(handler);
            }
          }
          closeMetrics();
          sayWhatWasLost(open);
          return;
        }
        default -> throw new ProtocolException("a frame " + frame.type() + " from the worker");
      }
    }
  }

  /** Answers in the place of the handler's thread. Called on another one. */
  private void giveUp(HandlerError error, HandlerMetrics open) {
    lost = true;
    try {
      open.beforeTheAnswer();
      answer.send(Optional.of(error));
    } catch (IOException e) {
      // The worker is gone; the other thread sees it as well.
    }
  }

  private void send(Optional<HandlerError> error, HandlerMetrics open) throws IOException {
    open.beforeTheAnswer();
    inbox.listen();
    answer.send(error);
    open.flushSoon();
  }

  private void sayWhatWasLost(HandlerMetrics closed) {
    LostPushes lost = closed.losses();
    try {
      if (!lost.losses().isEmpty()) {
        channel.write(FrameType.LOSSES, lost.encode());
      }
    } catch (IOException e) {
      // The worker need not wait for it; this process has logged each reason.
    }
  }

  private HandlerLoader loading() throws HandlerInvalidException {
    if (!start.handler().language().equals("java")) {
      throw new HandlerInvalidException(
          "the handler's language is " + start.handler().language() + ", and this host runs Java");
    }
    return new HandlerLoader(code, start.handler().classpath());
  }

  private Optional<HandlerError> complete(LoadedHandler handler, JobSummary summary) {
    answer.begin();
    try {
      handler.onJobComplete(summary);
      return Optional.empty();
    } catch (Throwable thrown) {
      return Optional.of(AuthorErrors.of(thrown));
    }
  }

  private void close(LoadedHandler handler) {
    if (handler.handler() instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Throwable thrown) {
        errors.println("batchapi host: close() failed\n" + AuthorStack.of(thrown));
      }
    }
  }
}
