package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a careless author of a Python handler sees. */
class PythonRunIT {
  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void start() {
    cli = new Cli(folder);
  }

  @Test
  void everyBatchSucceedsAndItsResultsAndMetricsArrive() throws Exception {
    var manifest =
        cli.python(
            """
            class Handler:
                def __init__(self, metrics_client, config):
                    self.metrics = metrics_client
                    self.factor = config["factor"]
                def handle_batch(self, payload):
                    for item in payload:
                        self.metrics.increment("items_seen", tags={"kind": "test"})
                    self.metrics.histogram("batch_items", len(payload))
                    return [item * self.factor for item in payload]
                def on_job_complete(self, summary):
                    print("complete:", summary["total"], summary["succeeded"])
            """,
            "batchSize: 3",
            "input: {count: 10}\noverrides: {config: {factor: 2}}\nworkers: 2");
    cli.run("run", manifest, "--results", "results.jsonl")
        .exits(0)
        .says(
            "job: Complete",
            "4 succeeded, 0 failed",
            "complete: 4 4",
            "items_seen{kind=test}",
            "sum 10",
            "batch_items",
            "4 samples, min 1",
            "results.jsonl");
    var lines = Files.readAllLines(folder.resolve("results.jsonl"));
    assertThat(lines).hasSize(10);
    assertThat(lines.getFirst()).isEqualTo("{\"job\":\"job\",\"item\":0,\"batch\":0,\"result\":0}");
    assertThat(lines.getLast()).isEqualTo("{\"job\":\"job\",\"item\":9,\"batch\":3,\"result\":18}");
  }

  @Test
  void failedItemsAreTriedAgainAloneAndTheOthersKeepTheirResults() throws Exception {
    var manifest =
        cli.python(
            """
            class Handler:
                def __init__(self, metrics_client):
                    self.metrics = metrics_client
                    self.seen = set()
                def handle_batch(self, payload):
                    self.metrics.increment("calls", len(payload))
                    return [self.one(item) for item in payload]
                def one(self, item):
                    if item == 217:
                        return float("nan")
                    if item == 7 or item % 20 == 0 and item not in self.seen:
                        self.seen.add(item)
                        return ConnectionError("503")
                    return item
            """,
            "batchSize: 500", "input: {count: 1000}\noverrides: {retry: {maxAttempts: 3}}");
    cli.run("run", manifest, "--results", "results.jsonl", "--errors", "errors.jsonl")
        .exits(2)
        .says(
            "job: ItemsFailed",
            "2 of 1,000 items failed, in 1 of 2 batches.",
            "items  998 succeeded, 2 failed (of 1,000)",
            "item 217 (batch 0) failed, 1 attempt, ResultInvalid: result[217] is nan",
            "item 7 (batch 0) failed, 3 attempts, HandlerFailed: ConnectionError: 503",
            // 1,000 items, 50 of them again once, and the one that always fails twice.
            "sum 1,052");
    assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(998);
    var errors = Files.readAllLines(folder.resolve("errors.jsonl"));
    assertThat(errors).hasSize(2);
    assertThat(errors.getFirst())
        .startsWith("{\"job\":\"job\",\"item\":7,\"batch\":0,\"attempts\":3,\"error\":{")
        .endsWith("\"payload\":7}");
  }

  @Test
  void asyncItemsThatHangFailAloneAndAreTriedAgainAlone() throws Exception {
    var manifest =
        cli.python(
            """
            import asyncio
            class Handler:
                def __init__(self, metrics_client):
                    self.metrics = metrics_client
                async def handle_item(self, item, batch):
                    self.metrics.increment("calls")
                    if item == 3 and batch.attempt == 1 or item == 5:
                        await asyncio.sleep(100)
                    return [item, batch.items.index(item)]
            """,
            "batchSize: 10\ntimeouts: {batchSeconds: 2}",
            "input: {count: 10}");
    var file = folder.resolve(manifest);
    var concurrent = Files.readString(file).replace("  retry:", "    concurrency: 10\n  retry:");
    Files.writeString(file, concurrent);
    cli.run("run", manifest, "--results", "results.jsonl")
        .exits(2)
        .says(
            "1 of 10 items failed, in 1 of 1 batches.",
            "item 5 (batch 0) failed, 2 attempts, BatchTimedOut",
            "in handle_item",
            "sum 12");
    assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(9);
  }

  @Test
  void aThreadThatHangsCostsOtherItemsNeitherTheirResultsNorTheirAttempts() throws Exception {
    var manifest =
        cli.python(
            """
            import time
            class Handler:
                def __init__(self, metrics_client):
                    self.metrics = metrics_client
                def handle_item(self, item):
                    self.metrics.increment("calls")
                    if item in (3, 4):
                        time.sleep(100)
                    return item
            """,
            "batchSize: 8\ntimeouts: {batchSeconds: 2}",
            "input: {count: 8}");
    var file = folder.resolve(manifest);
    Files.writeString(
        file, Files.readString(file).replace("  retry:", "    concurrency: 2\n  retry:"));
    cli.run("run", manifest, "--results", "results.jsonl")
        .exits(2)
        .says(
            "2 of 8 items failed",
            "item 3 (batch 0) failed, 2 attempts",
            "in handle_item",
            "sum 10");
    assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(6);
  }

  @Test
  void onATerminalLinesAreWholeAndSayWhoseTheyAreAndTheBarCountsItems() throws Exception {
    var manifest =
        cli.python(
            """
            import sys, time
            class Handler:
                def handle_item(self, item):
                    for _ in range(20):
                        sys.stdout.write("<")
                        sys.stdout.flush()
                        sys.stdout.write("x" * 60)
                        sys.stdout.write(">\\n")
                        sys.stderr.write("[" + "y" * 60 + "]\\n")
                    time.sleep(0.3)
                    if item == 7:
                        raise ValueError("bad")
                    return item
            """,
            "batchSize: 2",
            "workers: 3\ninput: {count: 20}");
    var screen = cli.onTerminal(200, "run", manifest);
    assertThat(screen).contains(" of 20 items (", "/s, ", "s left", "job: ItemsFailed");
    var lines =
        screen.lines().filter(line -> line.contains("xxx") || line.contains("yyy")).toList();
    assertThat(lines).hasSizeGreaterThanOrEqualTo(20 * 20 * 2);
    for (var line : lines) {
      assertThat(line)
          .matches("(\r\u001b\\[K|.*\u001b\\[K)?\\S*worker-?[ ]?[0-2]\\S* (<x{60}>|\\[y{60}])\r?");
    }
  }

  /** Cortex's keys, and ours: facts that its handlers rely on. */
  @Test
  void theJobSpecHasCortexsKeysAndOurs() throws Exception {
    var manifest =
        cli.python(
            """
            class Handler:
                def __init__(self, config, job_spec):
                    assert job_spec["config"] == config and job_spec["config"] is not config
                    self.told = dict(job_spec)
                def handle_batch(self, payload):
                    return {key: self.told[key] for key in sorted(self.told)}
            """,
            "batchSize: 4",
            "workers: 2\noverrides: {config: {model: {size: 3}}}\ninput: {count: 10}");
    var file = folder.resolve(manifest);
    Files.writeString(
        file,
        Files.readString(file).replace("  retry:", "    config: {model: {name: v1}}\n  retry:"));
    cli.run("run", manifest, "--results", "results.jsonl").exits(0);
    assertThat(Files.readAllLines(folder.resolve("results.jsonl")).getFirst())
        .matches(
            ".*\"result\":\\{\"api_name\":\"api\",\"config\":\\{\"model\":\\{\"name\":\"v1\",\"size\":3}},"
                + "\"job_id\":\"[^\"]{8,}\",\"job_name\":\"job\",\"kind\":\"BatchAPI\",\"namespace\":\"default\","
                + "\"start_time\":\"20[-0-9T:.]+Z\",\"total_batch_count\":3,\"workers\":2}}");
  }

  @Test
  void moreFailedItemsThanMayFailStopTheJob() throws Exception {
    var manifest =
        cli.python(
            """
            class Handler:
                def handle_item(self, item):
                    raise ValueError("bad")
            """,
            "batchSize: 10\nmaxFailedItems: 2%",
            "input: {count: 1000}");
    cli.run("run", manifest).exits(2).says("TooManyFailures", "the 20 that maxFailedItems allows");
  }

  @Test
  void aSyntaxErrorIsShownWithItsLine() throws Exception {
    invalid("class Handler:\n    def handle_batch(self, payload)\n        return 1\n")
        .says("handler.py", "line 2", "def handle_batch(self, payload)");
  }

  @Test
  void aClassOfAnotherNameIsNamed() throws Exception {
    invalid("class Tagger:\n    def handle_batch(self, payload): pass\n").says("Handler", "Tagger");
  }

  @Test
  void anUnknownConstructorArgumentIsNamed() throws Exception {
    invalid(
            """
            class Handler:
                def __init__(self, cfg): pass
                def handle_batch(self, payload): pass
            """)
        .says("cfg", "config", "job_spec", "metrics_client");
  }

  @Test
  void aMissingHandleBatchIsNamed() throws Exception {
    invalid("class Handler:\n    def handle(self, payload): pass\n").says("handle_batch");
  }

  @Test
  void anImportThatIsNotInstalledIsNamed() throws Exception {
    invalid("import no_such_package\nclass Handler:\n    def handle_batch(self, payload): pass\n")
        .says("no_such_package");
  }

  @Test
  void aConstructorThatThrowsOnceIsTriedAgain() throws Exception {
    var manifest =
        cli.python(
            """
            import os
            class Handler:
                def __init__(self):
                    if not os.path.exists("once"):
                        open("once", "w").close()
                        raise RuntimeError("model server is starting")
                def handle_batch(self, payload): pass
            """,
            "",
            "input: {count: 3}");
    cli.run("run", manifest).exits(0).says("3 succeeded");
  }

  @Test
  void aConstructorThatAlwaysThrowsFailsTheJobWithItsWords() throws Exception {
    var manifest =
        cli.python(
            """
            class Handler:
                def __init__(self):
                    open("/no/such/model.bin")
                def handle_batch(self, payload): pass
            """,
            "",
            "input: {count: 3}");
    cli.run("run", manifest)
        .exits(4)
        .says("WorkersFailed", "FileNotFoundError", "/no/such/model.bin", "handler.py\", line 3")
        .withoutOurFrames();
  }

  @Test
  void resultsThatAreNoJsonAreRefusedByTypeAndNotTriedAgain() throws Exception {
    one("return open('/dev/null')").exits(2).says("ResultInvalid", "TextIOWrapper", "1 attempt");
    one("return float('nan')").exits(2).says("ResultInvalid", "nan");
  }

  @Test
  void aResultOverTheLimitIsRefusedWithSizeAndLimit() throws Exception {
    one("return 'x' * 10_000_000").exits(2).says("ResultInvalid", "262,144", "1 attempt");
  }

  @Test
  void oneBatchInTenThatAlwaysThrowsIsReportedWithTheAuthorsFrames() throws Exception {
    var manifest =
        cli.python(
            """
            class Handler:
                def handle_batch(self, payload):
                    if payload[0] % 10 == 3:
                        raise ValueError(f"bad item {payload[0]}")
            """,
            "", "input: {count: 40}\nworkers: 2");
    cli.run("run", manifest, "--errors", "errors.jsonl")
        .exits(2)
        .says(
            "BatchesFailed",
            "36 succeeded, 4 failed",
            "batch 13 (item 13) failed, 2 attempts, HandlerFailed: ValueError: bad item 13",
            "handler.py\", line 4")
        .withoutOurFrames();
    assertThat(Files.readAllLines(folder.resolve("errors.jsonl")))
        .hasSize(4)
        .first()
        .asString()
        .contains("\"batch\":3", "\"attempts\":2", "\"payload\":[3]", "ValueError");
  }

  @Test
  void aBatchThatThrowsTwiceSucceedsWithThreeAttempts() throws Exception {
    var manifest =
        cli.python(
            """
            import os, tempfile
            class Handler:
                def __init__(self, job_spec):
                    # A retry runs in another process: what is to outlive it stands in a file.
                    self.calls = os.path.join(tempfile.gettempdir(), job_spec["job_id"])
                def handle_batch(self, payload):
                    with open(self.calls, "a") as calls:
                        calls.write("x")
                    if os.path.getsize(self.calls) < 3:
                        raise ValueError("not yet")
                    os.remove(self.calls)
            """,
            "",
            "input: {count: 1}\noverrides: {retry: {maxAttempts: 3}}");
    cli.run("run", manifest).exits(0).says("1 succeeded", "failed attempts  2");
  }

  @Test
  void moreFailuresThanAllowedEndTheJobEarly() throws Exception {
    var manifest =
        cli.python(
            "class Handler:\n    def handle_batch(self, payload): raise ValueError('no')\n",
            "maxFailedBatches: 10%",
            "input: {count: 1000}");
    var result = cli.run("run", manifest).exits(2).says("TooManyFailures", "maxFailedBatches");
    assertThat(result.all()).doesNotContain(" 0 not done");
  }

  /** A typo costs tens of calls to a paid service, and not one pass over the input. */
  @Test
  void aHandlerThatAlwaysThrowsIsStoppedAfterTensOfAttempts() throws Exception {
    var manifest =
        cli.python(
            "class Handler:\n    def handle_batch(self, payload): return paylod\n",
            "maxFailedBatches: 0",
            "input: {count: 10000}\nworkers: 2\n"
                + "overrides: {retry: {maxAttempts: 3, initialBackoffSeconds: 1}}");
    var result =
        cli.run("run", manifest)
            .exits(2)
            .says("TooManyFailures", "NameError", "paylod' is not defined");
    var attempts = Pattern.compile("failed attempts  ([0-9,]+)").matcher(result.out());
    assertThat(attempts.find()).isTrue();
    assertThat(Integer.parseInt(attempts.group(1).replace(",", ""))).isLessThan(100);
  }

  @Test
  void aListThatLostAnItemFailsItsBatchWithBothLengths() throws Exception {
    var manifest =
        cli.python(
            """
            class Handler:
                def handle_batch(self, payload): return [p * 10 for p in payload if p != 4]
            """,
            "batchSize: 3",
            "input: {count: 9}");
    cli.run("run", manifest, "--results", "results.jsonl", "--errors", "errors.jsonl")
        .exits(2)
        .says("2 succeeded, 1 failed", "batch 1 (items 3 to 5) failed, 1 attempt, ResultInvalid")
        .says("a list of 2 results for 3 items", "handler.results: Batch");
    assertThat(Files.readAllLines(folder.resolve("results.jsonl")))
        .hasSize(6)
        .allMatch(line -> line.contains("\"item\":"));
    assertThat(Files.readAllLines(folder.resolve("errors.jsonl"))).hasSize(1);
  }

  @Test
  void theSameErrorIsPrintedOnce() throws Exception {
    var manifest =
        cli.python(
            "class Handler:\n    def handle_batch(self, payload): raise ValueError('no label')\n",
            "",
            "input: {count: 12}");
    var result =
        cli.run("run", manifest).exits(2).says("the same error in 11 more batches: 1, 2, 3");
    assertThat(result.out().split("HandlerFailed: ValueError: no label", -1)).hasSize(2);
  }

  @Test
  void theInnermostLineOfADeepStackIsShown() throws Exception {
    var manifest =
        cli.python(
            """
            def a(n): b(n)
            def b(n):
                if n == 0:
                    raise ValueError("here")
                a(n - 1)
            class Handler:
                def handle_batch(self, payload): a(30)
            """,
            "",
            "input: {count: 1}");
    cli.run("run", manifest).exits(2).says("raise ValueError(\"here\")", "more lines");
  }

  /** Together they are 600 MB; the command has a heap of 256 MB. */
  @Test
  void resultsOfAnySizeTakeNoMemory() throws Exception {
    var manifest =
        cli.python(
            "class Handler:\n    def handle_batch(self, payload): return {'x': 'x' * 200_000}\n",
            "",
            "input: {count: 3000}\nworkers: 2");
    cli.run("run", manifest, "--results", "results.jsonl").exits(0).says("3,000 succeeded");
    try (var lines = Files.lines(folder.resolve("results.jsonl"))) {
      assertThat(lines.filter(line -> line.length() > 200_000)).hasSize(3_000);
    }
    try (var left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("job.yaml", "results.jsonl");
    }
  }

  @Test
  void aProcessThatEndsCostsItsBatchAnAttempt() throws Exception {
    one("import sys; sys.exit(3)").exits(2).says("sys.exit(3)");
    one("import os; os._exit(7)").exits(2).says("HandlerDied", "exit code 7", "2 attempts");
    one("import ctypes; ctypes.string_at(0)").exits(2).says("HandlerDied", "SIGSEGV");
  }

  @Test
  void aHandlerThatNeverReturnsIsEndedByTheBatchTimeout() throws Exception {
    var manifest =
        cli.python(
            """
            import signal, time
            class Handler:
                def handle_batch(self, payload):
                    if payload[0] == 1:
                        while True:
                            try:
                                time.sleep(100)
                            except BaseException:
                                pass
            """,
            "timeouts: {batchSeconds: 1}",
            "input: {count: 4}");
    cli.run("run", manifest)
        .exits(2)
        .says("3 succeeded, 1 failed", "BatchTimedOut", "timeouts.batchSeconds allows (1 s)")
        .says("time.sleep(100)");
  }

  @Test
  void theRunTimeEndsTheJobWithItsReason() throws Exception {
    var manifest =
        cli.python(
            """
            import time
            class Handler:
                def handle_batch(self, payload):
                    if payload[0] > 0:
                        time.sleep(100)
            """,
            "timeouts: {runSeconds: 3}",
            "input: {count: 4}");
    cli.run("run", manifest).exits(4).says("DeadlineExceeded", "1 succeeded", "3 not done");
  }

  @Test
  void deepRecursionIsAFailedAttempt() throws Exception {
    one("f = lambda n: f(n + 1); f(0)").exits(2).says("RecursionError");
  }

  @Test
  void whatTheHandlerPrintsIsLeftAsItIs() throws Exception {
    var result =
        one("""
        import sys
        sys.stdout.buffer.write(bytes(range(256)) * 4)
        sys.stdout.write('x' * 100_000_000)
        print('last line', file=sys.stderr)
        """)
            .exits(0)
            .says("1 succeeded", "last line");
    assertThat(result.out().length()).isGreaterThan(100_000_000);
  }

  @Test
  void aFailingOnJobCompleteFailsTheJob() throws Exception {
    var manifest =
        cli.python(
            """
            class Handler:
                def handle_batch(self, payload): pass
                def on_job_complete(self): raise ValueError("no bucket")
            """,
            "",
            "input: {count: 2}");
    cli.run("run", manifest)
        .exits(4)
        .says(
            "OnJobCompleteFailed", "2 succeeded, 0 failed", "on_job_complete failed", "no bucket");
  }

  @Test
  void aReservedMetricNameFailsTheBatchForGood() throws Exception {
    var manifest =
        cli.python(
            """
            class Handler:
                def __init__(self, metrics_client): self.metrics = metrics_client
                def handle_batch(self, payload): self.metrics.increment("cortex_mine")
            """,
            "",
            "input: {count: 1}");
    cli.run("run", manifest).exits(2).says("FatalError", "cortex_", "1 attempt");
  }

  @Test
  void aPythonThatIsNotThereIsNamed() throws Exception {
    var manifest =
        cli.python(
            "class Handler:\n    def handle_batch(self, payload): pass\n", "", "input: {count: 1}");
    cli.run("run", manifest, "--python", "/no/python").exits(64).says("/no/python", "--python");
    cli.run("run", manifest, "--python", "true").exits(64).says("no Python");
  }

  @Test
  void sigtermEndsInSecondsWhateverTheHandlerDoes() throws Exception {
    var manifest =
        cli.python(
            """
            import signal, time
            class Handler:
                def handle_batch(self, payload):
                    if payload[0] < 2:
                        return payload
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    print("at", payload[0], flush=True)
                    while True:
                        try:
                            time.sleep(100)
                        except BaseException:
                            pass
            """,
            "",
            "input: {count: 50}\nworkers: 4");
    try (var running = cli.start("run", manifest, "--results", "results.jsonl")) {
      await().atMost(Duration.ofSeconds(60)).until(() -> running.outSoFar().contains("at 5"));
      running.process().destroy();
      assertThat(running.process().waitFor(15, TimeUnit.SECONDS)).isTrue();
      running.result().exits(143).says("Cancelled", "2 succeeded");
    }
    assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(2);
  }

  @Test
  void ctrlCEndsInOrderAndReportsWhatWasDone() throws Exception {
    var manifest =
        cli.python(
            """
            import time
            class Handler:
                def handle_batch(self, payload):
                    print("at", payload[0], flush=True)
                    if payload[0] == 2:
                        time.sleep(100)
                    return payload
            """,
            "",
            "input: {count: 5}");
    try (var running = cli.start("run", manifest, "--results", "results.jsonl")) {
      await().atMost(Duration.ofSeconds(60)).until(() -> running.outSoFar().contains("at 2"));
      new ProcessBuilder("kill", "-INT", Long.toString(running.process().pid())).start().waitFor();
      running.result().exits(130).says("Cancelled", "2 succeeded", "3 not done");
    }
    assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(2);
  }

  private Cli.Result invalid(String source) throws IOException, InterruptedException {
    var manifest = cli.python(source, "", "input: {count: 3}");
    return cli.run("run", manifest)
        .exits(3)
        .says("HandlerInvalid", "0 succeeded, 0 failed, 3 not done")
        .withoutOurFrames();
  }

  private Cli.Result one(String body) throws IOException, InterruptedException {
    var manifest =
        cli.python(
            "class Handler:\n    def handle_batch(self, payload):\n" + body.indent(8),
            "",
            "input: {count: 1}");
    return cli.run("run", manifest);
  }
}
