package dev.batchapi.runtime.host;

import dev.batchapi.handler.WorkerBrokenException;
import org.jspecify.annotations.Nullable;

/** After which of the author's errors nothing in this JVM is to be relied on. */
final class Breakage {
  /** Causes of causes that are looked at; there may be any number of them, or a circle. */
  private static final int DEEPEST = 50;

  private Breakage() {}

  /**
   * Whether this, or what it was caused by, leaves the process broken: memory that ran out, a fault
   * of the JVM itself, a class whose static initializer threw and that stays unusable, or what the
   * author says. Not a stack that overflowed: it is as it was once it is unwound. Allocates
   * nothing.
   */
  static boolean isIn(Throwable thrown) {
    try {
      @Nullable Throwable one = thrown;
      for (int i = 0; one != null && i < DEEPEST; i++) {
        if (breaks(one)) {
          return true;
        }
        for (Throwable suppressed : one.getSuppressed()) {
          if (breaks(suppressed)) {
            return true;
          }
        }
        one = one.getCause();
      }
      return false;
    } catch (VirtualMachineError error) {
      return !(error instanceof StackOverflowError);
    } catch (Throwable other) {
      return false; // the exception's own getCause() threw
    }
  }

  private static boolean breaks(Throwable thrown) {
    return (thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError))
        || thrown instanceof WorkerBrokenException
        || (thrown instanceof LinkageError error && Linkage.isInitializer(error));
  }
}
