package dev.batchapi.operator.job.accept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.contract.Sha256;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.RerunInput.Of;
import dev.batchapi.data.files.RerunBatch;
import dev.batchapi.data.input.CountInput;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.job.accept.Reruns.Wanted;
import dev.batchapi.operator.job.observe.Observations;
import dev.batchapi.operator.job.split.SplitResult;
import dev.batchapi.operator.pod.Program;
import dev.batchapi.operator.queue.JobQueue;
import dev.batchapi.operator.queue.ProgramQueue;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.End;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueFullException;
import dev.batchapi.queue.Splits;
import dev.batchapi.queue.jetstream.FirstConnection;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.JetStreamWorkQueue;
import dev.batchapi.queue.jetstream.NatsAccess;
import dev.batchapi.queue.jetstream.NatsServer;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job of the numbers 0 to 17 in batches of three is run again, on a real server. */
@Timeout(120)
class RerunsIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int BATCHES = 6;
  private static final int BATCH_SIZE = 3;
  private static final BatchError ERROR = BatchError.of(BatchError.Reason.HandlerFailed, "no");

  @TempDir private Path folder;
  private final NatsServer server = NatsServer.prepare();
  private final OperatorSettings settings =
      OperatorSettings.from(
          Map.of("BATCHAPI_NATS_URL", server.url(), "BATCHAPI_RUNTIME_IMAGE", "runtime:1"));
  private final JobQueue queue = JobQueue.start(settings, server.accounts());

  @BeforeEach
  void theServerRuns() {
    server.restart();
    await().atMost(LONG).until(queue::connected);
  }

  @AfterEach
  void close() {
    queue.close();
    server.close();
  }

  private Reruns reruns() {
    return new Reruns(queue, queue::ledger, Executors.newSingleThreadExecutor(), System::nanoTime);
  }

  private static Observations job(String uid) {
    var job = new Observations();
    job.uid = uid;
    job.total = BATCHES;
    job.batchSize = BATCH_SIZE;
    return job;
  }

  private JetStreamWorkQueue worker(String job, int batches)
      throws IOException, InterruptedException {
    var file = Files.createTempFile(folder, job, ".creds");
    Files.writeString(
        file, queue.workerCredentials("n", job, Instant.now().plus(Duration.ofHours(1))));
    var access = new NatsAccess(server.url(), file, "worker");
    return FirstConnection.of(
        () -> JetStreamWorkQueue.connect(access, job, batches, JetStreamSettings.DEFAULT));
  }

  /** Batch 1 failed, of batch 3 items 0 and 2, batches 2 and 5 have no outcome. */
  private void wasRun(String uid) throws Exception {
    var input = new CountInput(BATCHES * BATCH_SIZE, BATCH_SIZE);
    queue.ledger().enqueue(uid, Batches.of(BATCHES, input::payload));
    try (var worker = worker(uid, BATCHES)) {
      for (var taken = 0; taken < BATCHES; taken++) {
        var lease = worker.lease(LONG).orElseThrow();
        switch (lease.index()) {
          case 1 -> lease.commit(Outcome.failed(3, ERROR));
          case 3 ->
              lease.commit(
                  Outcome.partial(
                      1,
                      new ItemOutcomes(
                          List.of("null", "1", "null"),
                          List.of(
                              new ItemOutcomes.ItemError(0, 1, ERROR),
                              new ItemOutcomes.ItemError(2, 1, ERROR)))));
          case 0, 4 -> lease.commit(Outcome.succeeded(1, "[0,1,2]".getBytes(UTF_8)));
          default -> {}
        }
      }
    }
    queue.ledger().end(uid, new End(End.Verdict.Cancelled, "", Instant.now()));
  }

  private static EarlierJob earlier(Observations observed, Of of, int succeeded, int failed) {
    var job = observed.seen().job();
    job.setStatus(
        new BatchJobStatus(
            List.of(),
            null,
            new BatchJobStatus.Batches(
                observed.total, succeeded, failed, observed.total - succeeded - failed),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null));
    return new EarlierJob(job, observed.frozen(), of);
  }

  private static Wanted wanted(String uid, int batchSize) {
    return new Wanted(uid, batchSize, List.of(), false);
  }

  private SplitResult cut(Reruns reruns, EarlierJob earlier, Wanted wanted) {
    try (var nobody = new KubernetesClientBuilder().build()) {
      return await()
          .atMost(LONG)
          .until(
              () -> reruns.next(earlier, wanted, nobody),
              result -> !(result instanceof SplitResult.Underway));
    }
  }

  private Batches batches(String uid, int total, SplitResult.Done done) {
    var job = new Observations();
    job.uid = uid;
    job.total = total;
    job.batchSize = 4;
    return new SplitBatches(job.frozen(), done.split(), queue.splits());
  }

  @Test
  void aWorkerIsHandedTheItemsThatDidNotSucceedUnderTheirNumbers() throws Exception {
    wasRun("earlier");

    var done =
        (SplitResult.Done)
            cut(reruns(), earlier(job("earlier"), Of.Both, 3, 1), wanted("again", 4));

    assertThat(done.end().items()).isEqualTo(11);
    assertThat(done.end().batches()).isEqualTo(3);
    assertThat(done.split().kept())
        .isEqualTo(Objects.requireNonNull(queue.splits().read("again", Splits.OWNER, "0")).length);
    queue.ledger().enqueue("again", batches("again", 3, done));
    try (var worker = worker("again", 3)) {
      for (var numbers :
          List.of(new int[] {3, 4, 5, 6}, new int[] {7, 8, 9, 11}, new int[] {15, 16, 17})) {
        Lease lease = worker.lease(LONG).orElseThrow();
        var batch = RerunBatch.read(lease.payload());
        assertThat(batch.numbers()).containsExactly(numbers);
        assertThat(new String(Objects.requireNonNull(batch.carried()), UTF_8))
            .isEqualTo(Arrays.toString(numbers).replace(" ", ""));
        lease.commit(
            lease.index() == 1 ? Outcome.failed(1, ERROR) : Outcome.succeeded(1, new byte[0]));
      }
    }
  }

  @Test
  void anotherProcessWritesTheSameAndGoesOnAfterADeath() throws Exception {
    wasRun("earlier");
    var earlier = earlier(job("earlier"), Of.Failed, 3, 1);
    var first = (SplitResult.Done) cut(reruns(), earlier, wanted("again", 4));
    queue.splits().forget("again"); // as one that died before it wrote anything

    var second = (SplitResult.Done) cut(reruns(), earlier, wanted("again", 4));
    var third = (SplitResult.Done) cut(reruns(), earlier, wanted("again", 4));

    assertThat(second.split()).isEqualTo(first.split()).isEqualTo(third.split());
    assertThat(queue.splits().written("again")).isEqualTo(2);
    assertThat(
            Sha256.hex(Objects.requireNonNull(queue.splits().read("again", Splits.OWNER, "end"))))
        .isEqualTo(first.split().digest());
  }

  @Test
  void anotherBatchSizeBeginsAnew() throws Exception {
    wasRun("earlier");
    var earlier = earlier(job("earlier"), Of.Failed, 3, 1);
    cut(reruns(), earlier, wanted("again", 4));

    var done = (SplitResult.Done) cut(reruns(), earlier, wanted("again", 1));

    assertThat(done.end().batches()).isEqualTo(5);
    assertThat(RerunBatch.read(batches("again", 5, done).payload(4)).numbers()).containsExactly(11);
  }

  @Test
  void outcomesThatAreGoneAreNotTakenForWorkThatWasNeverDone() throws Exception {
    wasRun("earlier");
    queue.ledger().remove("earlier");

    var bad =
        (SplitResult.Bad) cut(reruns(), earlier(job("earlier"), Of.Both, 3, 1), wanted("again", 4));

    assertThat(bad.reason()).isEqualTo(Reason.RerunImpossible);
    assertThat(bad.message())
        .contains("outcomes of 0 of its batches, and had those of 4")
        .contains("--retry-failed")
        .contains("errors.jsonl");
    assertThat(queue.splits().written("again")).isZero();
  }

  private static SplitResult look(Reruns reruns, EarlierJob earlier, Wanted wanted) {
    try (var nobody = new KubernetesClientBuilder().build()) {
      return reruns.next(earlier, wanted, nobody);
    }
  }

  /** As if its BatchJob were deleted at this moment. */
  @Test
  void whatNobodyWaitsForIsStopped() throws Exception {
    wasRun("earlier");
    var earlier = earlier(job("earlier"), Of.Both, 3, 1);
    var tasks = new ArrayDeque<Runnable>();
    var reruns = new AtomicReference<Reruns>();
    var asked = new AtomicInteger();
    reruns.set(
        new Reruns(
            queue,
            () -> {
              asked.incrementAndGet();
              reruns.get().forget("again");
              return queue.ledger();
            },
            tasks::add,
            System::nanoTime));

    look(reruns.get(), earlier, wanted("again", 4));
    tasks.remove().run();
    look(reruns.get(), earlier, wanted("again", 4));
    reruns.get().forget("again");
    tasks.remove().run();

    assertThat(asked).as("the second was stopped before it began").hasValue(1);
    assertThat(queue.splits().written("again")).isZero();
  }

  @Test
  void ofAJobThatIsStoppedWhileItsBatchesAreWrittenNothingStays() throws Exception {
    wasRun("earlier");
    var reruns = new AtomicReference<Reruns>();
    var program =
        new ProgramQueue() {
          @Override
          public Splits splits() {
            reruns.get().forget("again");
            return queue.splits();
          }

          @Override
          public String credentials(Program program, String namespace, String uid, Instant until) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void revoke(Program program, String namespace, String uid, Instant at) {
            throw new UnsupportedOperationException();
          }
        };
    var tasks = new ArrayDeque<Runnable>();
    reruns.set(new Reruns(program, queue::ledger, tasks::add, System::nanoTime));
    queue.splits().write("again", "0", "of the one before".getBytes(UTF_8));

    look(reruns.get(), earlier(job("earlier"), Of.Both, 3, 1), wanted("again", 4));
    tasks.remove().run();

    assertThat(queue.splits().written("again")).isZero();
  }

  /** To find that out again takes all outcomes. */
  @Test
  void aFullQueueIsTriedAgainEveryMinute() {
    var earlier = earlier(job("earlier"), Of.Both, 3, 1);
    var asked = new AtomicInteger();
    var nanos = new AtomicLong();
    var reruns =
        new Reruns(
            queue,
            () -> {
              asked.incrementAndGet();
              throw new QueueFullException("full", null);
            },
            Runnable::run,
            nanos::get);

    for (var look = 0; look < 3; look++) {
      var result = (SplitResult.Underway) look(reruns, earlier, wanted("again", 4));
      assertThat(result.reason()).isEqualTo(Reason.StorageUnavailable);
    }
    assertThat(asked).hasValue(1);
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    look(reruns, earlier, wanted("again", 4));
    assertThat(asked).hasValue(2);
  }

  @Test
  void whereNothingFailedThereIsNothingToRunAgain() throws Exception {
    wasRun("earlier");
    queue.ledger().remove("earlier");
    var job = job("earlier");

    var bad = (SplitResult.Bad) cut(reruns(), earlier(job, Of.Failed, 0, 0), wanted("again", 4));

    assertThat(bad.reason()).isEqualTo(Reason.NothingToRerun);
    assertThat(bad.message()).contains("no item that failed").contains("6 have no outcome");
  }

  @Test
  void aRerunIsRunAgain() throws Exception {
    wasRun("earlier");
    var first =
        (SplitResult.Done)
            cut(reruns(), earlier(job("earlier"), Of.Both, 3, 1), wanted("again", 4));
    queue.ledger().enqueue("again", batches("again", 3, first));
    try (var worker = worker("again", 3)) {
      var lease = worker.lease(LONG).orElseThrow();
      lease.commit(Outcome.failed(1, ERROR));
    }
    queue.ledger().end("again", new End(End.Verdict.Cancelled, "", Instant.now()));
    var job = new Observations();
    job.uid = "again";
    job.total = 3;
    job.batchSize = 4;
    job.rerun = new RunSpec.Rerun("j", "earlier");
    job.split = first.split();
    var earlier = earlier(job, Of.Failed, 0, 1);

    var done = (SplitResult.Done) cut(reruns(), earlier, wanted("third", 2));

    assertThat(RerunBatch.read(batches("third", 2, done).payload(1)).numbers())
        .containsExactly(5, 6);
  }
}
