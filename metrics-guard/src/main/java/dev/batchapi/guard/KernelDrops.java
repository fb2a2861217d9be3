package dev.batchapi.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What the kernel threw away since the guard's receive buffer was full. The kernel counts it for
 * each socket, and nobody else can know it.
 */
final class KernelDrops {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));
  private static final int LOCAL_ADDRESS = 1;

  private KernelDrops() {}

  /** Of all sockets of this network namespace on this port; empty where it can't be read. */
  static OptionalLong of(int port) {
    String suffix = ":%04X".formatted(port);
    long sum = 0;
    boolean readable = false;
    for (Path table : TABLES) {
      try {
        for (String row : Files.readAllLines(table)) {
          String[] columns = row.strip().split("\\s+", -1);
          if (columns[LOCAL_ADDRESS].endsWith(suffix)) {
            sum += Long.parseLong(columns[columns.length - 1]);
            readable = true;
          }
        }
      } catch (IOException | NumberFormatException e) {
        // No Linux, or a kernel that has another table: then it is not known.
      }
    }
    return readable ? OptionalLong.of(sum) : OptionalLong.empty();
  }
}
