package dev.batchapi.runtime.worker;

import static dev.batchapi.runtime.worker.ScriptedJob.FINE;
import static dev.batchapi.runtime.worker.ScriptedJob.ID;
import static dev.batchapi.runtime.worker.ScriptedJob.RETRY;
import static dev.batchapi.runtime.worker.ScriptedJob.THROWN;
import static dev.batchapi.runtime.worker.ScriptedJob.assignment;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.collect.BatchResults;
import dev.batchapi.data.results.LargeJson;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.WorkQueue;
import dev.batchapi.queue.WrappedQueue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Results that are too large for the ledger, in a folder of this machine as their store. */
@Timeout(30)
class LargeResultsTest {
  private static final byte[] OTHER = "[2]".getBytes(UTF_8);

  @TempDir private Path folder;

  private final ScriptedJob job = new ScriptedJob();
  private final List<String> waits = new CopyOnWriteArrayList<>();
  private final ScriptedHosts hosts = job.hosts;
  private @Nullable Lease held;

  private Answer.Large large(String json) throws IOException {
    return new Answer.Large(LargeJson.of(json.getBytes(UTF_8)));
  }

  private Worker storing(LargeResults large) {
    return new Worker(
        assignment(RETRY), new Noting(job.queue.worker(ID)), hosts, Payloads.CARRIED, large);
  }

  private Optional<String> stored(int index) {
    var reference = Objects.requireNonNull(job.outcome(index).stored());
    try (var stores = Stores.of(Map.of(), folder)) {
      return new BatchResults("out/", stores)
          .read(reference.name(), reference.bytes(), reference.sha256())
          .map(
              json -> {
                try (json) {
                  return new String(json.open().readAllBytes(), UTF_8);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private static String text(int bytes) {
    return '"' + "x".repeat(bytes) + '"';
  }

  @Test
  void aLargeResultIsAnObjectThatTheLedgerRefersTo() throws IOException {
    var json = "[" + text(400_000) + "]";
    hosts.answers(large(" " + json + "\n"), FINE);
    job.enqueue(2);
    try (var stores = Stores.of(Map.of(), folder)) {
      run(storing(new StoredResults("out/", stores)), 2);
    }
    assertThat(job.outcome(0).body()).isEmpty();
    assertThat(stored(0)).contains(json);
    assertThat(job.outcome(1).stored()).isNull();
    assertThat(job.result(1)).isEqualTo("[1]");
  }

  @Test
  void itemsThatAreTriedAgainMakeOneLargeResultWithThoseThatWereNot() throws IOException {
    var big = text(200_000);
    var file = LargeJson.of(("[" + big + ",null,null]").getBytes(UTF_8));
    var results = new ArrayList<ResultJson>();
    file.elements((index, element) -> results.add(ResultJson.of(element)));
    hosts.answers(
        new Answer.Items(results, new TreeMap<>(Map.of(1, THROWN, 2, THROWN)), file),
        large("[" + big + "," + text(1) + "]"),
        new Answer.Items(
            List.of(ResultJson.of(big), ResultJson.of(big), ResultJson.of("null")),
            new TreeMap<>(Map.of(2, BatchError.of(Reason.FatalError, "never"))),
            null));
    job.enqueue(2);
    try (var stores = Stores.of(Map.of(), folder)) {
      run(storing(new StoredResults("out/", stores)), 2);
    }
    assertThat(stored(0)).contains("[" + big + "," + big + "," + text(1) + "]");
    assertThat(job.outcome(1).kind()).isEqualTo(Outcome.Kind.PARTIAL);
    assertThat(stored(1)).contains("[" + big + "," + big + ",null]");
    var partial = job.items(1);
    assertThat(partial.results()).isEmpty();
    assertThat(partial.errors()).extracting(ItemOutcomes.ItemError::item).containsExactly(2);
  }

  @Test
  void errorsForWhichTheLedgerHasNoRoomFailTheirBatchWithTheWayOut() {
    var items = 4000;
    var errors = new TreeMap<Integer, BatchError>();
    var results = new ArrayList<ResultJson>();
    results.add(ResultJson.of("1"));
    for (var item = 1; item < items; item++) {
      errors.put(item, BatchError.of(Reason.FatalError, "never"));
      results.add(ResultJson.of("null"));
    }
    hosts.answers(new Answer.Items(results, errors, null));
    job.enqueue(1);
    try (var stores = Stores.of(Map.of(), folder)) {
      run(storing(new StoredResults("out/", stores)), 1);
    }
    assertThat(job.outcome(0).kind()).isEqualTo(Outcome.Kind.FAILED);
    var error = job.error(0);
    assertThat(error.reason()).isEqualTo(Reason.ResultInvalid);
    assertThat(error.message()).contains("3,999 items failed", "262,144 bytes", "spec.batchSize");
  }

  @Test
  void theWaitForAStoreGrowsToAMinuteAndNoFurther() {
    var wait = Duration.ofSeconds(1);
    for (var times = 0; times < 100; times++) {
      wait = Settlement.afterWaiting(wait);
    }
    assertThat(wait).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void onlyAnswersInFilesAreKeptUntilTheirBatchIsSettled() throws Exception {
    var later = new Answer.Later(Duration.ZERO, THROWN);
    var some = new Answer.Items(List.of(ResultJson.of("1")), new TreeMap<>(), null);
    var file = LargeJson.of("[1]".getBytes(UTF_8));
    var inFile = new Answer.Items(List.of(ResultJson.of("1")), new TreeMap<>(), file);
    var large = large("[1]");
    hosts.answers(later, FINE, some, inFile, large);
    job.enqueue(1);
    var worker = job.queue.worker(ID);
    var kept = new ArrayList<Answer>();
    try (var keeper = new LeaseKeeper(worker.leaseDuration())) {
      var lease = worker.lease(Duration.ofSeconds(1)).orElseThrow();
      var handOver =
          new HandOver(
              assignment(RETRY),
              hosts.start(),
              lease,
              new Fetched.Payload(lease.payload()),
              keeper,
              null,
              new HeldWait(
                  worker, new StopSignal(), new WaitNews(worker::tellWaiting, System::nanoTime)),
              new Waits(),
              kept);
      for (var attempt = 1; attempt <= 5; attempt++) {
        var _ = handOver.whole(attempt);
      }
    }
    assertThat(kept).containsExactly(inFile, large);
    kept.forEach(Answer::close);
  }

  @Test
  void aStoreThatIsAwayIsWaitedForAndCostsNoAttempt() throws IOException {
    hosts.answers(large("[" + text(400_000) + "]"));
    job.enqueue(1);
    var tries = new AtomicInteger();
    try (var stores = Stores.of(Map.of(), folder)) {
      var real = new StoredResults("out/", stores);
      var away =
          new Wrapping(real) {
            @Override
            public Outcome outcome(
                int index, int attempt, ResultJson json, List<ItemOutcomes.ItemError> errors) {
              if (tries.incrementAndGet() == 1) {
                throw new StoreUnavailableException("the store is away", null);
              }
              return real.outcome(index, attempt, json, errors);
            }
          };
      run(storing(away), 1);
    }
    assertThat(tries).hasValue(2);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1");
    assertThat(job.outcome(0).attempts()).isEqualTo(1);
    assertThat(stored(0)).isPresent();
    assertThat(waits)
        .containsExactly("The result of batch 0 can't be written: the store is away", "");
  }

  @Test
  void aStoreThatRefusesEndsTheWorkerWithItsWords() throws IOException {
    hosts.answers(large("[" + text(400_000) + "]"));
    job.enqueue(1);
    WorkerExit exit;
    try (var stores = Stores.of(Map.of(), folder)) {
      exit = storing(new StoredResults("https://127.0.0.1/out/", stores)).run();
    }
    assertThat(exit.reason()).isEqualTo(WorkerExit.Reason.STORE_REFUSED);
    assertThat(exit.message())
        .contains("A result can't be written: https://127.0.0.1/out/", "only read");
    assertThat(job.counts().done()).isZero();
  }

  @Test
  void whatWasStoredForAnOutcomeThatDoesNotStandGoes() throws IOException {
    hosts.answers(large("[" + text(400_000) + "]"));
    job.enqueue(1);
    try (var stores = Stores.of(Map.of(), folder)) {
      var real = new StoredResults("out/", stores);
      var late =
          new Wrapping(real) {
            @Override
            public Outcome outcome(
                int index, int attempt, ResultJson json, List<ItemOutcomes.ItemError> errors) {
              var ours = real.outcome(index, attempt, json, errors);
              // As another worker would, while this one's lease had run out.
              assertThat(Objects.requireNonNull(held).commit(Outcome.succeeded(1, OTHER))).isTrue();
              return ours;
            }
          };
      run(storing(late), 1);
    }
    assertThat(job.result(0)).isEqualTo("[2]");
    assertThat(folder.resolve("out/.batches")).isEmptyDirectory();
  }

  private static class Wrapping implements LargeResults {
    private final LargeResults real;

    Wrapping(LargeResults real) {
      this.real = real;
    }

    @Override
    public int maxBytes() {
      return real.maxBytes();
    }

    @Override
    public Outcome outcome(
        int index, int attempt, ResultJson json, List<ItemOutcomes.ItemError> errors) {
      return real.outcome(index, attempt, json, errors);
    }

    @Override
    public void forget(Outcome outcome) {
      real.forget(outcome);
    }
  }

  private void run(Worker worker, int done) {
    assertThat(job.runUntil(worker, done).reason()).isEqualTo(WorkerExit.Reason.DONE);
  }

  /** The queue, which notes what is leased. */
  private final class Noting extends WrappedQueue {
    Noting(WorkQueue inner) {
      super(inner);
    }

    @Override
    public Optional<Lease> lease(Duration wait) throws InterruptedException {
      var lease = super.lease(wait);
      held = lease.orElse(null);
      return lease;
    }

    @Override
    public void waitsForStore(String words) {
      waits.add(words);
    }
  }
}
