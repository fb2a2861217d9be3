package dev.batchapi.runtime.worker;

import static dev.batchapi.runtime.worker.ScriptedHosts.items;
import static dev.batchapi.runtime.worker.ScriptedJob.ID;
import static dev.batchapi.runtime.worker.ScriptedJob.ONCE;
import static dev.batchapi.runtime.worker.ScriptedJob.PATIENT;
import static dev.batchapi.runtime.worker.ScriptedJob.THROWN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Items that fail alone, in the worker's loop. */
@Timeout(30)
class ItemRetriesTest {
  private final ScriptedJob job = new ScriptedJob();
  private final ScriptedHosts hosts = job.hosts;

  @Test
  void failedItemsAloneAreTriedAgainInPlaceAndTheOthersKeepTheirResults() {
    hosts.answers(
        items("0,null,2,null", Map.of(1, THROWN, 3, THROWN)),
        items("1,null", Map.of(1, THROWN)),
        new Answer.Result("[3]".getBytes(UTF_8)));
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #2 [1, 3]", "uid-1-0 #3 [3]");
    assertThat(job.outcome(0).kind()).isEqualTo(Outcome.Kind.SUCCEEDED);
    assertThat(job.outcome(0).attempts()).isEqualTo(3);
    assertThat(job.result(0)).isEqualTo("[0,1,2,3]");
    assertThat(job.counts().failedItems()).isZero();
  }

  @Test
  void itemsWithoutAttemptsLeftFailAloneEachWithItsLastError() {
    var fatal = BatchError.of(Reason.FatalError, "never");
    hosts.answers(
        items("0,null,null", Map.of(1, THROWN, 2, fatal)),
        items("null", Map.of(0, THROWN)),
        items("null", Map.of(0, THROWN)));
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #2 [1]", "uid-1-0 #3 [1]");
    assertThat(job.outcome(0).kind()).isEqualTo(Outcome.Kind.PARTIAL);
    var items = job.items(0);
    assertThat(items.results()).containsExactly("0", "null", "null");
    assertThat(items.errors())
        .containsExactly(
            new ItemOutcomes.ItemError(1, 3, THROWN), new ItemOutcomes.ItemError(2, 1, fatal));
    assertThat(job.counts())
        .extracting(Counts::succeeded, Counts::failed, Counts::partial, Counts::failedItems)
        .containsExactly(1, 0, 1, 2);
  }

  @Test
  void itemsThatAllFailTheirLastAttemptAreToldOneByOne() {
    var once = job.worker(ONCE);
    hosts.answers(items("null,null", Map.of(0, THROWN, 1, THROWN)));
    job.enqueue(1);
    job.runUntil(once, 1);
    assertThat(job.outcome(0).kind()).isEqualTo(Outcome.Kind.PARTIAL);
  }

  @Test
  void itemsThatWereNotBegunHaveTheirAttemptBeforeTheOthersAreTriedAgain() {
    var hung = BatchError.of(Reason.BatchTimedOut, "hung");
    hosts.answers(
        Answer.Items.of(
            List.of("null", "null", "null", "3"),
            new TreeMap<>(Map.of(0, hung)),
            new TreeMap<>(Map.of(1, Duration.ZERO, 2, Duration.ZERO)),
            Optional.empty()),
        items("1,null", Map.of(1, THROWN)),
        items("null,2", Map.of(0, hung)),
        items("null", Map.of(0, hung)));
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.handled)
        .containsExactly("uid-1-0 #1", "uid-1-0 #1 [1, 2]", "uid-1-0 #2 [0, 2]", "uid-1-0 #3 [0]");
    var items = job.items(0);
    assertThat(items.results()).containsExactly("null", "1", "2", "3");
    assertThat(items.errors()).containsExactly(new ItemOutcomes.ItemError(0, 3, hung));
  }

  @Test
  void anAnswerThatIsNoListFailsTheItemsThatWereTriedAgain() {
    hosts.answers(items("0,null", Map.of(1, THROWN)), new Answer.Result(new byte[0]));
    job.enqueue(1);
    job.runUntil(1);
    var items = job.items(0);
    assertThat(items.errors().getFirst().error().reason()).isEqualTo(Reason.ResultInvalid);
  }

  @Test
  void anErrorSaysHowLongItsItemRanIfTheHostKnows() {
    var slow = BatchError.of(Reason.HandlerFailed, "slow").ran(Duration.ofMillis(1234));
    var listed = BatchError.of(Reason.HandlerFailed, "listed");
    hosts.answers(items("null,null,3", Map.of(0, slow, 1, listed)));
    job.enqueue(1);
    job.runUntil(job.worker(ONCE), 1);
    assertThat(job.items(0).errors())
        .extracting(item -> item.error().seconds())
        .containsExactly(1.234, null);
  }

  @Test
  void aWorkerThatIsToldToStopGivesItsFailedItemsBackAndSpendsNoAttemptOnThem() {
    var patient = job.worker(PATIENT);
    hosts.answers(items("0,null", Map.of(1, THROWN)));
    job.enqueue(1);
    var running = CompletableFuture.supplyAsync(patient::run);
    await().until(() -> hosts.handled.size() == 1);
    patient.stop();
    assertThat(running.join().reason()).isEqualTo(WorkerExit.Reason.RELEASED);
    assertThat(hosts.handled).hasSize(1);
    assertThat(job.counts())
        .extracting(Counts::done, Counts::failedAttempts, Counts::lost)
        .containsExactly(0, 0, 0);
  }

  @Test
  void theBackoffOfItemsEndsWithTheJob() {
    var patient = job.worker(PATIENT);
    hosts.answers(items("0,null", Map.of(1, THROWN)));
    job.enqueue(1);
    var running = CompletableFuture.supplyAsync(patient::run);
    await("who watches it knows how long").until(() -> patient.waits().holds().toMinutes() > 50);
    job.queue.end(ID, new End(Verdict.Cancelled, "", Instant.now()));
    assertThat(running.join().reason()).isEqualTo(WorkerExit.Reason.DONE);
    assertThat(patient.waits().holds()).isZero();
  }
}
