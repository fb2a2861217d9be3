package dev.batchapi.runtime.host;

import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.NotFrozenException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that holds an author's Java code: {@code JavaHost --socket PATH --code DIR}.
 *
 * <p>The contract is docs/protocol/handler-protocol.md. This thread listens to the worker, so that
 * its end is seen while the handler runs; the handler has a thread of its own. {@link
 * JavaHostCommand} has the JVM's options.
 */
public final class JavaHost {
  static final int EXIT_STOPPED = 0;
  static final int EXIT_NO_HANDLER = 1;
  static final int EXIT_USAGE = 64;
  static final int EXIT_WORKER_GONE = 70;

  /** Something went wrong that couldn't even be told: memory ran out in the host itself. */
  static final int EXIT_BROKEN = 71;

  /** Another process is to take this one's place. */
  static final int EXIT_REPLACE = 75;

  private JavaHost() {}

  /**
   * Runs a handler, see {@link HostArguments}. To make an image: {@code --train} runs without a
   * worker once, for an AOT cache; {@code --print-args FOLDER} and {@code --print-script FOLDER}
   * print how the image there starts it.
   */
  public static void main(String[] arguments) throws IOException {
    // The author may replace System.err; what the host has to say is not for it.
    PrintStream errors = System.err;
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    if (arguments.length == 1 && arguments[0].equals("--train")) {
      Training.run();
      return;
    }
    if (arguments.length == 2 && arguments[0].equals("--print-args")) {
      JavaHostCommand.arguments(Path.of(arguments[1])).forEach(System.out::println);
      return;
    }
    if (arguments.length == 2 && arguments[0].equals("--print-script")) {
      System.out.print(JavaHostCommand.script(Path.of(arguments[1])));
      return;
    }
    HostArguments host;
    try {
      host = HostArguments.parse(arguments);
    } catch (IllegalArgumentException e) {
      errors.println("batchapi host: " + e.getMessage() + "; " + HostArguments.USAGE);
      System.exit(EXIT_USAGE);
      return;
    }
    try {
      host.copyCode();
    } catch (IOException | NotFrozenException e) {
      errors.println("batchapi host: " + e.getMessage());
      System.exit(EXIT_NO_HANDLER);
      return;
    }
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> endIfBroken(thread, thrown, errors));
    // Meanwhile: nearly every handler needs it, and it is the most expensive part of the start.
    var ours =
        CompletableFuture.supplyAsync(
            BindingLoader::ours, task -> Thread.ofPlatform().daemon().start(task));
    // After it: before the handler is ready there is no batch to lose.
    var _ = ours.thenRun(Signals::leaveToTheWorker);
    FrameChannel channel;
    try {
      channel = Connecting.to(host.socket(), host.patience());
    } catch (IOException e) {
      errors.println("batchapi host: can't reach the worker: " + e.getMessage());
      System.exit(EXIT_WORKER_GONE);
      return;
    }
    end(
        new Conversation(
                channel,
                host.code(),
                errors,
                ours::join,
                Conversation.CLOSE_BOUND,
                host.replaceable())
            .run());
  }

  /** As the JVM does without it; and a process that is broken does not go on, as in a batch. */
  private static void endIfBroken(Thread thread, Throwable thrown, PrintStream errors) {
    try {
      errors.print("Exception in thread \"" + thread.getName() + "\" ");
      thrown.printStackTrace(errors);
    } catch (RuntimeException unreadable) {
      errors.print(AuthorStack.of(thrown));
    } finally {
      if (Breakage.isIn(thrown)) {
        Runtime.getRuntime().halt(EXIT_BROKEN);
      }
    }
  }

  private static void end(int code) {
    if (code == EXIT_WORKER_GONE || code == EXIT_BROKEN) {
      Runtime.getRuntime().halt(code);
    }
    // The author's shutdown hooks may run, but not forever.
    var _ =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  long end = System.nanoTime() + Conversation.CLOSE_BOUND.toNanos();
                  for (long left = end - System.nanoTime();
                      left > 0;
                      left = end - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                  }
                  Runtime.getRuntime().halt(code);
                });
    System.exit(code);
  }
}
