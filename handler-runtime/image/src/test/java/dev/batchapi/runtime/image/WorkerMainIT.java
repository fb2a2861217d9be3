package dev.batchapi.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The worker of a cluster without the cluster: its own process, a Python host in another, a real
 * nats-server, and the test as the job's owner. Shows what each death on the way costs.
 */
class WorkerMainIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT.withLease(Duration.ofSeconds(5));

  /** Before a command: makes it process 1, as that of a container is. */
  private static final List<String> PROCESS_1 =
      List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");

  private static NatsServer nats;

  @TempDir private Path code;
  private final String job = UUID.randomUUID().toString();
  private JetStreamLedger owner;
  private int batches = 1;

  @BeforeAll
  static void startNats() {
    nats = NatsServer.start();
  }

  @AfterAll
  static void stopNats() {
    nats.close();
  }

  @BeforeEach
  void connect() {
    owner = JetStreamLedger.connect(nats.owner(), SETTINGS);
  }

  @AfterEach
  void disconnect() {
    owner.remove(job);
    owner.close();
  }

  @Test
  void everyBatchIsDoneAndTheWorkerLeavesWithTheEndRecord() throws Exception {
    handler("return [item * 2 for item in payload]");
    enqueue(20);
    try (var pod = pod()) {
      await().atMost(LONG).until(() -> owner.counts(job).succeeded() == 20);
      finish();
      assertThat(pod.exitCode()).as(pod.log()).isZero();
      assertThat(pod.hostExitCode()).isZero();
      assertThat(pod.lastWords()).contains("Complete");
    }
    assertThat(body(7)).isEqualTo("[14]");
  }

  @Test
  void completionRunsOnTheWorker() throws Exception {
    handler(
        "return None\n    def on_job_complete(self, summary): print('total', summary['total'])");
    enqueue(1);
    try (var pod = pod()) {
      await().atMost(LONG).until(() -> owner.counts(job).succeeded() == 1);
      owner.enqueueCompletion(
          job,
          "{\"total\":1,\"succeeded\":1,\"failed\":0,\"failed_attempts\":0,\"failed_batch_ids\":[]}"
              .getBytes(UTF_8));
      await()
          .atMost(LONG)
          .until(() -> owner.counts(job).completion().equals(Optional.of(Outcome.Kind.SUCCEEDED)));
      assertThat(pod.log()).contains("total 1");
    }
  }

  @Test
  void aKilledWorkerLosesNothingAndItsHostEndsWithIt() throws Exception {
    handler("import time; time.sleep(0.05)");
    enqueue(60);
    try (var first = pod()) {
      await().atMost(LONG).until(() -> owner.counts(job).succeeded() > 5);
      first.signal(first.worker(), "KILL");
      assertThat(first.hostExitCode()).isEqualTo(70);
    }
    try (var second = pod()) {
      await().atMost(LONG).until(() -> owner.counts(job).done() == 60);
      assertThat(owner.counts(job))
          .extracting(Counts::succeeded, Counts::failed)
          .containsExactly(60, 0);
      finish();
      assertThat(second.exitCode()).as(second.log()).isZero();
    }
  }

  @Test
  void aKilledHostCostsItsBatchAnAttemptAndTheWorkerAsksToBeReplaced() throws Exception {
    handler("import time; time.sleep(30 if batch_id.endswith('-0') else 0)");
    enqueue(3);
    try (var pod = pod()) {
      await().atMost(LONG).until(() -> pod.log().contains("at "));
      pod.signal(pod.host(), "KILL");
      assertThat(pod.exitCode()).as(pod.log()).isEqualTo(5);
      assertThat(pod.lastWords()).contains("The handler's process ended in batch", "attempt 1.");
    }
    assertThat(owner.counts(job).failedAttempts()).isEqualTo(1);
  }

  @Test
  void sigtermLetsTheBatchInHandFinish() throws Exception {
    handler("import time; time.sleep(1)");
    enqueue(3);
    try (var pod = pod()) {
      await().atMost(LONG).until(() -> pod.log().contains("at "));
      pod.signal(pod.worker(), "TERM");
      pod.signal(pod.host(), "TERM");
      assertThat(pod.exitCode()).as(pod.log()).isZero();
      assertThat(pod.hostExitCode()).isZero();
      // More than one if the signal came late.
      var begun = pod.log().lines().filter(line -> line.startsWith("at ")).count();
      assertThat(owner.counts(job).succeeded()).isEqualTo((int) begun);
    }
  }

  @Test
  void sigtermGivesALongBatchBackWhenTheGraceIsOver() throws Exception {
    handler("import time; time.sleep(60)");
    enqueue(1);
    try (var pod = pod("BATCHAPI_GRACE_SECONDS", "1")) {
      await().atMost(LONG).until(() -> pod.log().contains("at "));
      pod.signal(pod.worker(), "TERM");
      assertThat(pod.exitCode()).as(pod.log()).isEqualTo(143);
      assertThat(pod.lastWords()).contains("batch 0 was given back");
    }
    handler("return 1");
    try (var pod = pod()) {
      await().atMost(LONG).until(() -> owner.counts(job).succeeded() == 1);
      assertThat(owner.counts(job))
          .extracting(Counts::failedAttempts, Counts::lost)
          .containsExactly(0, 0);
      assertThat(pod.worker().isAlive()).isTrue();
    }
  }

  @Test
  void anInvalidHandlerEndsTheWorkerWithItsReason() throws Exception {
    Files.writeString(code.resolve("handler.py"), "class Tagger: pass\n");
    enqueue(1);
    try (var pod = pod()) {
      assertThat(pod.exitCode()).as(pod.log()).isEqualTo(3);
      assertThat(pod.lastWords()).contains("Tagger");
    }
    assertThat(owner.counts(job)).isEqualTo(Counts.NONE);
  }

  @Test
  void itsReadyPortIsOpenFromTheMomentItsHandlerIsConstructedUntilItEnds() throws Exception {
    var port = freePort();
    Files.writeString(
        code.resolve("handler.py"),
        """
        import time

        class Handler:
            def __init__(self):
                time.sleep(1)

            def handle_batch(self, payload):
                return None
        """);
    enqueue(1);
    try (var pod = pod("BATCHAPI_READY_PORT", Integer.toString(port))) {
      assertThat(isOpen(port)).isFalse();
      await().atMost(LONG).until(() -> isOpen(port));
      assertThat(isOpen(port)).as("twice").isTrue();
      finish();
      assertThat(pod.exitCode()).as(pod.log()).isZero();
      assertThat(isOpen(port)).isFalse();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean isOpen(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aRunThatIsNotItsOwnIsRefused() throws Exception {
    handler("return None");
    try (var pod = pod("BATCHAPI_RUN_DIGEST", "00ff")) {
      assertThat(pod.exitCode()).as(pod.log()).isEqualTo(8);
      assertThat(pod.lastWords()).contains("not the one that the operator wrote", "00ff");
    }
  }

  @Test
  void aHostThatNeverComesIsNotWaitedForForEver() throws Exception {
    enqueue(1);
    handler("pass");
    try (var pod =
        pod("BATCHAPI_HOST_WAIT_SECONDS", "1", "BATCHAPI_SOCKET", code + "/other.sock")) {
      assertThat(pod.exitCode()).as(pod.log()).isEqualTo(6);
      assertThat(pod.lastWords()).contains("did not connect within 1 s");
    }
  }

  @Test
  void theServerKilledAndStartedAgainInTheMiddleLosesNothing() throws Exception {
    handler("import time; time.sleep(0.02)");
    enqueue(100);
    try (var pod = pod();
        var other = pod()) {
      await().atMost(LONG).until(() -> owner.counts(job).succeeded() > 10);
      nats.kill();
      nats.restart();
      await().atMost(LONG).ignoreExceptions().until(() -> owner.counts(job).done() == 100);
      assertThat(owner.counts(job).succeeded()).isEqualTo(100);
      finish();
      assertThat(pod.exitCode()).as(pod.log()).isZero();
      assertThat(other.exitCode()).as(other.log()).isZero();
    }
  }

  @Test
  void aProcessThatOneBatchBreaksIsReplacedWithinItsPodAndCostsNoOtherBatch() throws Exception {
    assumeTrue(mayUnshare(), "needs a process namespace of its own: root, and unshare");
    Files.writeString(
        code.resolve("handler.py"),
        """
        import os

        class Handler:
            def __init__(self):
                self.broken = False

            def handle_batch(self, payload):
                if self.broken or payload[0] == 3:
                    self.broken = True
                    raise RuntimeError("CUDA error: device-side assert triggered")
                return os.getpid()
        """);
    enqueue(30);
    try (var pod = WorkerProcess.start(nats.worker(job), run(null), code, PROCESS_1)) {
      await().atMost(LONG).until(() -> owner.counts(job).done() == 30);
      assertThat(owner.counts(job))
          .extracting(Counts::succeeded, Counts::failed)
          .containsExactly(29, 1);
      assertThat(Objects.requireNonNull(owner.outcome(job, 3)).kind())
          .isEqualTo(Outcome.Kind.FAILED);
      finish();
      assertThat(pod.exitCode()).as(pod.log()).isZero();
      assertThat(pod.hostExitCode()).isZero();
    }
  }

  private static boolean mayUnshare() throws InterruptedException {
    try {
      return new ProcessBuilder("unshare", "--pid", "--fork", "true").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aCompletionThatKillsItsProcessIsAFailedCompletion() throws Exception {
    handler("return None\n    def on_job_complete(self, summary): import os; os._exit(9)");
    enqueue(1);
    for (var attempt = 1; attempt <= 3; attempt++) {
      try (var pod = pod()) {
        await().atMost(LONG).until(() -> owner.counts(job).succeeded() == 1);
        owner.enqueueCompletion(
            job,
            "{\"total\":1,\"succeeded\":1,\"failed\":0,\"failed_attempts\":0,\"failed_batch_ids\":[]}"
                .getBytes(UTF_8));
        assertThat(pod.exitCode()).as(pod.log()).isEqualTo(5);
        assertThat(pod.lastWords()).contains("ended in on_job_complete, attempt " + attempt);
      }
    }
    assertThat(owner.counts(job).completion()).contains(Outcome.Kind.FAILED);
  }

  @Test
  void aBatchTimeoutEndsTheHostAndCostsOtherBatchesNothing() throws Exception {
    handler("import time; time.sleep(60 if payload[0] == 0 else 0)");
    enqueue(3);
    // A retry takes a process that has not failed the batch; its last failure ends none.
    for (var attempt = 1; attempt <= 2; attempt++) {
      try (var pod = WorkerProcess.start(nats.worker(job), run(2), code)) {
        assertThat(pod.exitCode()).as(pod.log()).isEqualTo(5);
        assertThat(pod.hostExitCode()).as("its batch ended, and it left as it was told").isZero();
      }
    }
    try (var pod = WorkerProcess.start(nats.worker(job), run(2), code)) {
      await().atMost(LONG).until(() -> owner.counts(job).done() == 3);
      assertThat(pod.log()).isNotEmpty();
    }
    var error = BatchError.fromJson(Objects.requireNonNull(owner.outcome(job, 0)).body());
    assertThat(error.reason()).isEqualTo(BatchError.Reason.BatchTimedOut);
    assertThat(owner.counts(job).succeeded()).isEqualTo(2);
  }

  @Test
  void itemsThatFailAloneStandInTheLedgerBesideWhatTheOthersReturned() throws Exception {
    items("if item == 2 or item == 1 and batch.attempt == 1: raise ValueError('bad')");
    try (var pod = WorkerProcess.start(nats.worker(job), runOfItems(0), code)) {
      await().atMost(LONG).until(() -> owner.counts(job).done() == 1);
      assertThat(pod.log()).contains("2 of 4 items failed");
    }
    assertThat(owner.counts(job))
        .extracting(Counts::succeeded, Counts::partial, Counts::failedItems, Counts::lost)
        .containsExactly(1, 1, 1, 0);
    var outcome = Objects.requireNonNull(owner.outcome(job, 0));
    var items = ItemOutcomes.of(outcome.body(), 4);
    assertThat(items.results()).containsExactly("0", "1", "null", "3");
    assertThat(items.errors()).hasSize(1);
    assertThat(items.errors().getFirst().attempts()).isEqualTo(3);
    assertThat(items.errors().getFirst().error().message()).isEqualTo("bad");
  }

  @Test
  void aWorkerThatIsStoppedGivesItsFailedItemsBackAndSpendsNoAttemptOnThem() throws Exception {
    items("if item == 2 and not __import__('os').path.exists('%s'): raise ValueError('bad')");
    try (var first = WorkerProcess.start(nats.worker(job), runOfItems(3_600), code)) {
      await().atMost(LONG).until(() -> first.log().contains("again in 3600"));
      first.signal(first.worker(), "TERM");
      assertThat(first.exitCode()).as(first.log()).isEqualTo(143);
    }
    assertThat(owner.counts(job))
        .extracting(Counts::done, Counts::failedAttempts, Counts::lost)
        .containsExactly(0, 0, 0);
    Files.createFile(code.resolve("mended"));
    try (var second = WorkerProcess.start(nats.worker(job), runOfItems(3_600), code)) {
      await().atMost(LONG).until(() -> owner.counts(job).succeeded() == 1);
      finish();
      assertThat(second.exitCode()).as(second.log()).isZero();
    }
    assertThat(body(0)).isEqualTo("[0,1,2,3]");
  }

  /** A handler of single items, and one batch of four. */
  private void items(String line) throws IOException {
    Files.writeString(
        code.resolve("handler.py"),
        """
        class Handler:
            def handle_item(self, item, batch):
                %s
                return item
        """
            .formatted(line.formatted(code.resolve("mended"))));
    owner.enqueue(job, Batches.of(1, index -> "[0,1,2,3]".getBytes(UTF_8)));
  }

  private byte[] runOfItems(int backoffSeconds) {
    return new RunSpec(
            new RunSpec.Job(job, "monday", "default", "api", 1, Instant.now().toString()),
            new RunSpec.Handler(RunSpec.Language.PYTHON, "handler.py", true, "Handler", List.of()),
            JsonNodeFactory.instance.objectNode(),
            4,
            4,
            1,
            new RunSpec.Retry(3, backoffSeconds, Math.max(1, backoffSeconds)),
            new RunSpec.Timeouts(null, null, null),
            null,
            new RunSpec.Metrics(null, null, Map.of()))
        .toJson();
  }

  private void handler(String body) throws IOException {
    Files.writeString(
        code.resolve("handler.py"),
        """
        class Handler:
            def handle_batch(self, payload, batch_id):
                print("at", batch_id, flush=True)
                %s
        """
            .formatted(body));
  }

  private void enqueue(int batches) {
    this.batches = batches;
    owner.enqueue(job, WorkerProcess.numbers(batches));
  }

  private void finish() {
    owner.end(job, new End(Verdict.Complete, "All batches succeeded.", Instant.now()));
    owner.retire(job);
  }

  private String body(int index) {
    return new String(Objects.requireNonNull(owner.outcome(job, index)).body(), UTF_8);
  }

  private WorkerProcess pod(String... env) throws IOException {
    return WorkerProcess.start(nats.worker(job), run(null), code, env);
  }

  private byte[] run(@Nullable Integer batchSeconds) {
    return new RunSpec(
            new RunSpec.Job(job, "monday", "default", "api", 1, Instant.now().toString()),
            new RunSpec.Handler(RunSpec.Language.PYTHON, "handler.py", true, "Handler", List.of()),
            JsonNodeFactory.instance.objectNode(),
            1,
            batches,
            batches,
            new RunSpec.Retry(3, 0, 1),
            new RunSpec.Timeouts(null, batchSeconds, null),
            null,
            new RunSpec.Metrics(null, null, Map.of()))
        .toJson();
  }
}
