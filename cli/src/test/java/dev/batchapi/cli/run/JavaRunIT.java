package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a careless author of a Java handler sees. What the host alone decides is in its own ITs. */
class JavaRunIT {
  private static final String IMPORTS =
      """
      import dev.batchapi.handler.*;
      import java.util.*;
      """;

  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void start() {
    cli = new Cli(folder);
  }

  @Test
  void failedItemsAreTriedAgainAloneAndTheOthersKeepTheirResults() throws Exception {
    var manifest =
        cli.java(
            IMPORTS
                + """
                public final class Handler implements ItemHandler<Integer, Object> {
                  private final MetricsClient metrics;
                  public Handler(MetricsClient metrics) {
                    this.metrics = metrics;
                  }
                  @Override public Object handle(Integer item, ItemContext context) {
                    metrics.increment("calls");
                    if (item == 217) {
                      return Double.NaN;
                    }
                    if (item == 7 || item % 20 == 0 && context.batch().attempt() == 1) {
                      throw new IllegalStateException("503");
                    }
                    return context.number();
                  }
                }
                """,
            "batchSize: 500",
            "input: {count: 1000}\noverrides: {retry: {maxAttempts: 3}}");
    cli.run("run", manifest, "--results", "results.jsonl", "--errors", "errors.jsonl")
        .exits(2)
        .says(
            "job: ItemsFailed",
            "2 of 1,000 items failed, in 1 of 2 batches.",
            "item 217 (batch 0) failed, 1 attempt, ResultInvalid",
            "item 7 (batch 0) failed, 3 attempts, HandlerFailed: java.lang.IllegalStateException: 503",
            "sum 1,052");
    assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(998);
    assertThat(Files.readAllLines(folder.resolve("errors.jsonl")).getLast())
        .startsWith("{\"job\":\"job\",\"item\":217,\"batch\":0,\"attempts\":1,\"error\":{")
        .endsWith("\"payload\":217}");
  }

  @Test
  void everyBatchSucceedsAndItsResultsAndMetricsArrive() throws Exception {
    var manifest =
        cli.java(
            IMPORTS
                + """
                public final class Handler implements BatchHandler<Integer, List<Integer>> {
                  public record Config(int factor) {}
                  private final Config config;
                  private final MetricsClient metrics;
                  public Handler(MetricsClient metrics, Config config) {
                    this.metrics = metrics;
                    this.config = config;
                  }
                  @Override public List<Integer> handleBatch(List<Integer> payload, BatchContext batch) {
                    payload.forEach(i -> metrics.increment("items_seen", Map.of("kind", "test")));
                    metrics.histogram("batch_items", payload.size());
                    return payload.stream().map(i -> i * config.factor()).toList();
                  }
                  @Override public void onJobComplete(JobSummary summary) {
                    System.out.println("complete: " + summary.succeeded());
                  }
                }
                """,
            "batchSize: 3",
            "input: {count: 10}\noverrides: {config: {factor: 2}}\nworkers: 2");
    cli.run("run", manifest, "--results", "results.jsonl")
        .exits(0)
        .says(
            "job: Complete",
            "4 succeeded, 0 failed",
            "complete: 4",
            "items_seen{kind=test}",
            "sum 10",
            "batch_items",
            "4 samples, min 1");
    assertThat(Files.readAllLines(folder.resolve("results.jsonl")))
        .hasSize(10)
        .last()
        .isEqualTo("{\"job\":\"job\",\"item\":9,\"batch\":3,\"result\":18}");
  }

  @Test
  void halfACharacterCostsNoOtherResult() throws Exception {
    var manifest =
        cli.java(
            IMPORTS
                + """
                public final class Handler implements BatchHandler<String, List<String>> {
                  @Override public List<String> handleBatch(List<String> payload, BatchContext batch) {
                    return payload.stream().map(s -> s.substring(0, Math.min(5, s.length()))).toList();
                  }
                }
                """,
            "",
            "input: {items: [plain, \"nice\\U0001F642day\", other]}");
    cli.run("run", manifest, "--results", "results.jsonl").exits(0).says("3 succeeded");
    var results = new ArrayList<String>();
    for (var line : Files.readAllLines(folder.resolve("results.jsonl"))) {
      results.add(new ObjectMapper().readTree(line).get("result").textValue());
    }
    assertThat(results).containsExactly("plain", "nice\ud83d", "other");
  }

  @Test
  void aCompileErrorIsShownWithItsLine() throws Exception {
    var manifest =
        cli.java(
            IMPORTS
                + "public final class Handler implements BatchHandler<String, String> { int x = y; }",
            "",
            "input: {count: 3}");
    cli.run("run", manifest)
        .exits(3)
        .says("HandlerInvalid", "Handler.java", "int x = y", "3 not done")
        .withoutOurFrames();
  }

  @Test
  void anExceptionIsReportedWithTheAuthorsFramesAlone() throws Exception {
    body("throw new IllegalStateException(\"bad item \" + payload);")
        .exits(2)
        .says(
            "HandlerFailed: java.lang.IllegalStateException: bad item [0]",
            "2 attempts",
            "Handler.java:")
        .withoutOurFrames();
  }

  @Test
  void aFatalExceptionIsNotTriedAgain() throws Exception {
    body("throw new FatalBatchException(\"not an image\");")
        .exits(2)
        .says("FatalError", "not an image", "1 attempt");
  }

  @Test
  void aProcessThatEndsCostsItsBatchAnAttempt() throws Exception {
    body("System.exit(3); return null;").exits(2).says("HandlerDied", "exit code 3", "2 attempts");
    body("Runtime.getRuntime().halt(7); return null;").exits(2).says("HandlerDied", "exit code 7");
  }

  @Test
  void aHandlerThatNeverReturnsIsEndedByTheBatchTimeout() throws Exception {
    var manifest =
        cli.java(
            handler(
                "while (payload.get(0) == 1) { try { Thread.sleep(1000); } catch (InterruptedException e) {} }\nreturn null;"),
            "timeouts: {batchSeconds: 1}",
            "input: {count: 3}");
    cli.run("run", manifest)
        .exits(2)
        .says("2 succeeded, 1 failed", "BatchTimedOut", "timeouts.batchSeconds allows (1 s)")
        .says("at Handler.java:5, in Handler.handleBatch", "Handler.handleBatch(Handler.java:5)")
        .withoutOurFrames();
  }

  @Test
  void anItemThatHangsFailsAloneWhereItStands() throws Exception {
    var manifest =
        cli.java(
            IMPORTS
                + """
                public final class Handler implements ItemHandler<Integer, Integer> {
                  private final MetricsClient metrics;
                  public Handler(MetricsClient metrics) { this.metrics = metrics; }
                  @Override public Integer handle(Integer item, ItemContext context) throws Exception {
                    metrics.increment("calls");
                    if (item == 3) { Thread.sleep(100_000); }
                    return item;
                  }
                }
                """,
            "batchSize: 8\ntimeouts: {batchSeconds: 2}",
            "input: {count: 8}");
    cli.run("run", manifest, "--results", "results.jsonl")
        .exits(2)
        .says(
            "1 of 8 items failed",
            "item 3 (batch 0) failed, 2 attempts, BatchTimedOut",
            "where its stack says",
            "at Handler.handle(Handler.java:",
            "sum 9");
    assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(7);
  }

  @Test
  void stackOverflowIsAFailedAttempt() throws Exception {
    body("return handleBatch(payload, batch);").exits(2).says("StackOverflowError");
  }

  @Test
  void aConstructorThatAlwaysThrowsFailsTheJobWithItsWords() throws Exception {
    var manifest =
        cli.java(
            IMPORTS
                + """
                public final class Handler implements BatchHandler<Integer, String> {
                  public Handler() throws Exception { throw new java.io.FileNotFoundException("model.bin"); }
                  @Override public String handleBatch(List<Integer> payload, BatchContext batch) { return ""; }
                }
                """,
            "",
            "input: {count: 3}");
    cli.run("run", manifest)
        .exits(4)
        .says("WorkersFailed", "FileNotFoundException", "model.bin")
        .withoutOurFrames();
  }

  private Cli.Result body(String statements) throws IOException, InterruptedException {
    return cli.run("run", cli.java(handler(statements), "", "input: {count: 1}"));
  }

  private static String handler(String statements) {
    return IMPORTS
        + "public final class Handler implements BatchHandler<Integer, String> {\n"
        + "  @Override public String handleBatch(List<Integer> payload, BatchContext batch) {\n"
        + statements.indent(4)
        + "  }\n}\n";
  }
}
