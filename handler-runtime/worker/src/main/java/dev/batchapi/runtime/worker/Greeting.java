package dev.batchapi.runtime.worker;

import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.Hello;
import dev.batchapi.runtime.protocol.Invalid;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * What a worker learns of a host while they greet: HELLO, START, READY.
 *
 * @param replaceable whether another process takes its place after REPLACE
 * @param endsBatches whether it ends a batch at its deadline by itself, and answers
 * @param construction how long its handler's construction took
 */
record Greeting(boolean replaceable, boolean endsBatches, Duration construction) {

  /**
   * Greets a host that has connected, and waits until its handler is constructed.
   *
   * @param startup how long the construction may take; empty without a limit
   * @throws HostStartException if it can't be used, or is not ready in time
   */
  static Greeting exchange(HostConnection host, Start start, Optional<Duration> startup)
      throws HostStartException, InterruptedException {
    var wait = startup.orElse(Duration.ofDays(10_000));
    try {
      var hello = Hello.decode(next(host, wait).expect(FrameType.HELLO));
      if (hello.protocol() != Hello.PROTOCOL) {
        throw new HostStartException(
            HostStartException.Kind.INVALID,
            "The host (%s) speaks protocol %d and the worker %d: use images of one version."
                .formatted(hello.runtime(), hello.protocol(), Hello.PROTOCOL),
            null);
      }
      host.expect(HostConnection.Due.READY);
      var before = System.nanoTime();
      host.write(FrameType.START, start.encode());
      requireReady(next(host, wait));
      return new Greeting(
          hello.replaceable(), hello.endsBatches(), Duration.ofNanos(System.nanoTime() - before));
    } catch (IOException e) {
      throw broken(
          "The handler's process ended before it was ready: "
              + host.howItEnded(String.valueOf(e.getMessage())));
    }
  }

  private static Frame next(HostConnection host, Duration wait)
      throws IOException, InterruptedException, HostStartException {
    return switch (host.poll(wait)) {
      case HostConnection.Event.Came(var frame, var _) -> frame;
      case HostConnection.Event.Gone(var why) -> throw new IOException(why);
      case null ->
          throw broken(
              "The handler was not ready within timeouts.startupSeconds (%d s)."
                  .formatted(wait.toSeconds()));
    };
  }

  private static void requireReady(Frame answer) throws IOException, HostStartException {
    switch (answer.type()) {
      case INVALID ->
          throw new HostStartException(
              HostStartException.Kind.INVALID, Invalid.decode(answer.body()).message(), null);
      case BROKEN -> {
        var error = HandlerError.decode(answer.body());
        throw new HostStartException(
            HostStartException.Kind.BROKEN,
            "The handler could not be constructed: %s: %s".formatted(error.type(), error.message()),
            error.stack().isEmpty() ? null : error.stack());
      }
      default -> answer.expect(FrameType.READY);
    }
  }

  private static HostStartException broken(String message) {
    return new HostStartException(HostStartException.Kind.BROKEN, message, null);
  }
}
