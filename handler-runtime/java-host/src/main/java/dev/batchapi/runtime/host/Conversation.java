package dev.batchapi.runtime.host;

import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Hello;
import dev.batchapi.runtime.protocol.Invalid;
import dev.batchapi.runtime.protocol.PeerGoneException;
import dev.batchapi.runtime.protocol.Permits;
import dev.batchapi.runtime.protocol.ProtocolException;
import dev.batchapi.runtime.protocol.Start;
import dev.batchapi.runtime.protocol.WrongVersionException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/** The listening half of the host: takes the worker's frames and knows when it is gone. */
final class Conversation {
  /** How long the handler may take to close. */
  static final Duration CLOSE_BOUND = Duration.ofSeconds(30);

  private final FrameChannel channel;
  private final Path code;
  private final PrintStream errors;
  private final Supplier<JsonBinding> ours;
  private final Duration closeBound;
  private final boolean replaceable;

  /** With a process that nobody starts again. */
  Conversation(
      FrameChannel channel,
      Path code,
      PrintStream errors,
      Supplier<JsonBinding> ours,
      Duration closeBound) {
    this(channel, code, errors, ours, closeBound, false);
  }

  Conversation(
      FrameChannel channel,
      Path code,
      PrintStream errors,
      Supplier<JsonBinding> ours,
      Duration closeBound,
      boolean replaceable) {
    this.replaceable = replaceable;
    this.ours = ours;
    this.closeBound = closeBound;
    this.channel = channel;
    this.code = code;
    this.errors = errors;
  }

  /** Serves the worker until one side ends; the exit code of the process. */
  int run() {
    try {
      channel.write(FrameType.HELLO, hello().encode());
      byte[] start = channel.read().expect(FrameType.START);
      try {
        return serve(new Session(channel, code, Start.decode(start), errors, ours));
      } catch (WrongVersionException e) {
        channel.write(FrameType.INVALID, new Invalid(String.valueOf(e.getMessage())).encode());
        return JavaHost.EXIT_NO_HANDLER;
      }
    } catch (ProtocolException e) {
      errors.println("batchapi host: the worker sent what is not the protocol: " + e.getMessage());
      return JavaHost.EXIT_WORKER_GONE;
    } catch (PeerGoneException e) {
      return JavaHost.EXIT_WORKER_GONE;
    } catch (IOException e) {
      errors.println("batchapi host: " + e);
      return JavaHost.EXIT_WORKER_GONE;
    } catch (OutOfMemoryError e) {
      return JavaHost.EXIT_BROKEN;
    }
  }

  private int serve(Session session) throws IOException {
    HandlerThread thread = new HandlerThread(session);
    thread.start();
    try {
      FrameType last;
      do {
        Frame frame = channel.read();
        last = frame.type();
        if (last == FrameType.PERMITS) {
          session.permitted(Permits.decode(frame.body()));
        } else if (session.isLost() && isLast(last)) {
          session.closeMetrics();
          return last == FrameType.STOP ? JavaHost.EXIT_STOPPED : JavaHost.EXIT_REPLACE;
        } else {
          session.give(frame);
        }
      } while (!isLast(last));
    } catch (ClosedChannelException endedHere) {
      // INVALID or BROKEN: the session has closed the channel.
    } catch (IOException e) {
      session.closeMetrics();
      throw e;
    }
    try {
      if (!thread.join(closeBound)) {
        errors.println(
            "batchapi host: the handler was not closed within " + closeBound.toMillis() + " ms");
        session.closeMetrics();
        return session.exitCode();
      }
    } catch (InterruptedException e) {
      // Only author code that enumerates threads interrupts this one; to end early is what it asks.
    }
    session.closeMetrics();
    return session.exitCode();
  }

  private static boolean isLast(FrameType type) {
    return type == FrameType.STOP || type == FrameType.REPLACE;
  }

  private Hello hello() {
    return new Hello(
        Hello.PROTOCOL,
        "java",
        "Java " + System.getProperty("java.runtime.version"),
        ProcessHandle.current().pid(),
        replaceable,
        true);
  }
}
