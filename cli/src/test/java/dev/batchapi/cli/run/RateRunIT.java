package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rate limit on a laptop: when the handlers were called, by the clock that all of this machine's
 * processes have. A slow machine calls them later, never earlier.
 */
class RateRunIT {
  private static final String LIMIT = "rateLimit: {perSecond: 40, burst: 10}";

  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void start() {
    cli = new Cli(folder);
  }

  @Test
  void itemsOfAllWorkersTogetherKeepTheRate() throws Exception {
    var manifest =
        cli.python(
            """
            import os, time
            class Handler:
                def __init__(self):
                    self.calls = open(f"calls-{os.getpid()}", "a", buffering=1)
                    self.calls.write(f"begin {time.monotonic()}\\n")
                def handle_item(self, item):
                    self.calls.write(f"1 {time.monotonic()}\\n")
                    return item
            """,
            LIMIT + "\nbatchSize: 10\ntimeouts: {batchSeconds: 1}",
            "workers: 3\ninput: {count: 110}");
    cli.run("run", manifest).exits(0).says("11 succeeded, 0 failed", "waited for the rate limit");
    keepsTheRate(110, 10);
  }

  @Test
  void batchesOfMoreThanABurstKeepTheRate() throws Exception {
    var manifest =
        cli.python(
            """
            import os, time
            class Handler:
                def __init__(self):
                    self.calls = open(f"calls-{os.getpid()}", "a", buffering=1)
                    self.calls.write(f"begin {time.monotonic()}\\n")
                async def handle_batch(self, payload):
                    self.calls.write(f"{len(payload)} {time.monotonic()}\\n")
                    return payload
            """,
            LIMIT + "\nbatchSize: 25\ntimeouts: {batchSeconds: 1}",
            "workers: 2\ninput: {count: 100}");
    cli.run("run", manifest).exits(0).says("4 succeeded, 0 failed");
    keepsTheRate(100, 25);
  }

  @Test
  void aJavaHandlersItemsKeepTheRate() throws Exception {
    var manifest =
        cli.java(
            """
            import dev.batchapi.handler.*;
            import java.nio.file.*;
            public final class Handler implements ItemHandler<Integer, Integer> {
              private final Path calls = Path.of("calls-" + ProcessHandle.current().pid());
              public Handler() throws Exception { write("begin"); }
              private synchronized void write(String what) throws Exception {
                Files.writeString(calls, what + " " + System.nanoTime() / 1e9 + "\\n",
                    StandardOpenOption.CREATE, StandardOpenOption.APPEND);
              }
              @Override public Integer handle(Integer item, ItemContext context) throws Exception {
                write("1");
                return item;
              }
            }
            """,
            LIMIT + "\nbatchSize: 100\ntimeouts: {batchSeconds: 1}",
            "input: {count: 100}");
    cli.run("run", manifest).exits(0).says("1 succeeded, 0 failed");
    keepsTheRate(100, 10);
  }

  @Test
  void whoAsksToBeCalledLaterSpendsNoAttempt() throws Exception {
    var manifest =
        cli.python(
            """
            from batchapi import RetryLater
            class Handler:
                def __init__(self):
                    self.seen = set()
                def handle_item(self, item):
                    if item % 3 == 0 and item not in self.seen:
                        self.seen.add(item)
                        raise RetryLater(1, "429")
                    return item
            """,
            "batchSize: 6", "input: {count: 12}\noverrides: {retry: {maxAttempts: 1}}");
    cli.run("run", manifest)
        .exits(0)
        .says("2 succeeded, 0 failed", "asked to be called later  4 times, for 4.0 s in all");
  }

  @Test
  void aJavaBatchAsksToBeCalledLater() throws Exception {
    var manifest =
        cli.java(
            """
            import dev.batchapi.handler.*;
            import java.util.*;
            public final class Handler implements BatchHandler<Integer, Object> {
              private int calls;
              @Override public Object handleBatch(List<Integer> payload, BatchContext batch) {
                if (calls++ == 0) throw new RetryLaterException(1);
                var results = new ArrayList<Object>(payload);
                if (calls == 2) results.set(1, ItemResult.failed(new RetryLaterException(0)));
                return results;
              }
            }
            """,
            "batchSize: 3",
            "input: {count: 3}\noverrides: {retry: {maxAttempts: 1}}");
    cli.run("run", manifest)
        .exits(0)
        .says("1 succeeded, 0 failed", "asked to be called later  2 times, for 1.1 s in all");
  }

  /** Also from the first construction on no more were called than may be until then. */
  private void keepsTheRate(int items, int burst) throws IOException {
    var lines = lines();
    var began = lines.stream().filter(l -> l.startsWith("begin")).mapToDouble(RateRunIT::at).min();
    var calls =
        lines.stream()
            .filter(l -> !l.startsWith("begin"))
            .sorted((one, other) -> Double.compare(at(one), at(other)))
            .toList();
    var called = 0;
    for (var call : calls) {
      called += Integer.parseInt(call.substring(0, call.indexOf(' ')));
      var seconds = at(call) - began.orElseThrow();
      assertThat((double) called).as(call).isLessThanOrEqualTo(40 * seconds + burst + 0.01);
    }
    assertThat(called).isEqualTo(items);
  }

  private List<String> lines() throws IOException {
    try (var files = Files.walk(folder)) {
      return files
          .filter(file -> Pattern.matches("calls-\\d+", file.getFileName().toString()))
          .flatMap(RateRunIT::linesOf)
          .toList();
    }
  }

  private static Stream<String> linesOf(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double at(String line) {
    return Double.parseDouble(line.substring(line.indexOf(' ') + 1));
  }
}
