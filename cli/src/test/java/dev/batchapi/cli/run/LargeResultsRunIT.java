package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results that are larger than the ledger of a cluster takes, from both hosts. */
class LargeResultsRunIT {
  /** Two items of 3 MB each, of which the second fails alone once. */
  private static final String PYTHON =
      """
      class Handler:
          def __init__(self):
              self.failed = False
          def handle_batch(self, payload):
              results = ["é" * 1_500_000 for item in payload]
              if 1 in payload and not self.failed:
                  self.failed = True
                  results[payload.index(1)] = ConnectionError("503")
              return results
      """;

  private static final String JAVA =
      """
      import dev.batchapi.handler.*;
      import java.util.*;
      public class Handler implements BatchHandler<Integer, List<ItemResult<String>>> {
        private boolean failed;
        public List<ItemResult<String>> handleBatch(List<Integer> payload, BatchContext batch) {
          var results = new ArrayList<ItemResult<String>>();
          for (int item : payload) {
            if (item == 1 && !failed) {
              failed = true;
              results.add(ItemResult.failed(new IllegalStateException("503")));
            } else {
              results.add(ItemResult.ok("é".repeat(1_500_000)));
            }
          }
          return results;
        }
      }
      """;

  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void start() {
    cli = new Cli(folder);
  }

  @Test
  void aPythonHandlerReturnsThem() throws Exception {
    areWritten(cli.python(PYTHON, "batchSize: 2", "input: {count: 4}"));
  }

  @Test
  void aJavaHandlerReturnsThem() throws Exception {
    areWritten(cli.java(JAVA, "batchSize: 2", "input: {count: 4}"));
  }

  private void areWritten(String manifest) throws Exception {
    cli.run("run", manifest, "--results", "results/").exits(0).says("2 succeeded, 0 failed");
    var lines = Files.readAllLines(folder.resolve("results/results-00000.jsonl"));
    assertThat(lines).hasSize(4);
    for (var item = 0; item < 4; item++) {
      assertThat(lines.get(item))
          .isEqualTo(
              "{\"job\":\"job\",\"item\":%d,\"batch\":%d,\"result\":\"%s\"}"
                  .formatted(item, item / 2, "é".repeat(1_500_000)));
    }
  }

  @Test
  void withoutAPlaceForResultsTheErrorNamesTheLimitAndTheWayOut() throws Exception {
    var manifest =
        cli.python(
            """
            class Handler:
                def handle_batch(self, payload):
                    return "x" * 300_000
            """,
            "",
            "input: {count: 1}");
    cli.run("run", manifest)
        .exits(2)
        .says("the limit is 262,144", "set output in the job", "64 MiB");
  }

  @Test
  void whatIsTooLargeForAnyPlaceFailsItsBatchAlone() throws Exception {
    var manifest =
        cli.python(
            """
            class Handler:
                def handle_batch(self, payload):
                    return ["x" * 70_000_000 if payload[0] == 1 else 7]
            """,
            "",
            "input: {count: 3}");
    cli.run("run", manifest, "--results", "results.jsonl")
        .exits(2)
        .says("2 succeeded, 1 failed", "the limit is 67,108,864: return less");
  }
}
