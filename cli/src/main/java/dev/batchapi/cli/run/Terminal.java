package dev.batchapi.cli.run;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.OptionalInt;

/** The terminal behind a file descriptor, as the operating system knows it. */
final class Terminal {
  /** Of standard error. */
  static final int STDERR = 2;

  /** What a terminal has that doesn't say how wide it is. */
  private static final int USUAL_COLUMNS = 80;

  private static final boolean MAC =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");

  /** The request number of TIOCGWINSZ; it answers with four shorts: rows, columns, pixels. */
  private static final long GET_WINDOW_SIZE = MAC ? 0x40087468L : 0x5413L;

  private Terminal() {}

  /** How wide it is now; empty if there is no terminal there. */
  static OptionalInt columns(int descriptor) {
    try (var arena = Arena.ofConfined()) {
      var size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
      if ((int) Ioctl.CALL.invokeExact(descriptor, GET_WINDOW_SIZE, size) != 0) {
        return OptionalInt.empty();
      }
      var columns = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1));
      return OptionalInt.of(columns == 0 ? USUAL_COLUMNS : columns);
    } catch (Throwable e) {
      // No such function here: then nothing is known of terminals.
      return OptionalInt.empty();
    }
  }

  /** Looked for by the first who asks. The command allows native access: bin/batchapi. */
  @SuppressWarnings("restricted")
  private static final class Ioctl {
    static final MethodHandle CALL =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));
  }
}
