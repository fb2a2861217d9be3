package dev.batchapi.runtime.worker;

import static dev.batchapi.runtime.worker.ScriptedHosts.items;
import static dev.batchapi.runtime.worker.ScriptedJob.ID;
import static dev.batchapi.runtime.worker.ScriptedJob.ONCE;
import static dev.batchapi.runtime.worker.ScriptedJob.THROWN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.ItemOutcomes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Items that fail alone while their process ends, or has to be replaced. */
@Timeout(30)
class ItemsWithBrokenProcessTest {
  private final ScriptedJob job = new ScriptedJob();
  private final ScriptedHosts hosts = job.hosts;

  @Test
  void whatTheOthersReturnedIsKeptWhenTheLastAttemptOfFailedItemsTakesTheProcessDown() {
    hosts.answers(
        items("0,null", Map.of(1, THROWN)),
        new Answer.Failed(THROWN),
        new Answer.Died("exit code 139"));
    hosts.restarts = true;
    job.enqueue(1);
    job.runUntil(1);
    var items = job.items(0);
    assertThat(items.results()).containsExactly("0", "null");
    assertThat(items.errors().getFirst().error().reason()).isEqualTo(Reason.HandlerDied);
  }

  /** Two items that ask for it later, one after the other. */
  private static Answer twoLater() {
    var busy = BatchError.of(Reason.HandlerFailed, "429");
    return Answer.Items.of(
        List.of("0", "null", "null"),
        new TreeMap<>(),
        new TreeMap<>(Map.of(1, Duration.ZERO, 2, Duration.ofMillis(1500))),
        new TreeMap<>(Map.of(1, busy, 2, busy)),
        Optional.empty());
  }

  @Test
  void itemsThatWaitWhileALastAttemptTakesTheProcessDownHaveTheirsInAnother() {
    for (var end : List.of(new Answer.Died("exit code 139"), new Answer.Broke(THROWN))) {
      var once = job.worker(ONCE);
      hosts.answers(twoLater(), end, new Answer.Result("[2]".getBytes(UTF_8)));
      job.enqueue(1);
      job.runUntil(once, 1);
      assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #1 [1]", "uid-1-0 #1 [2]");
      assertThat(hosts.processes.get(1)).isNotEqualTo(hosts.processes.get(2));
      var items = job.items(0);
      assertThat(items.results()).containsExactly("0", "null", "2");
      assertThat(items.errors()).extracting(ItemOutcomes.ItemError::item).containsExactly(1);
      job.queue.remove(ID);
      hosts.handled.clear();
      hosts.processes.clear();
    }
  }

  @Test
  void whereNoOtherProcessFollowsTheyFailWithItAndTheOthersKeepTheirResults() {
    hosts.restarts = false;
    var once = job.worker(ONCE);
    hosts.answers(twoLater(), new Answer.Died("exit code 139"));
    job.enqueue(1);
    var exit = job.run(once, () -> false);
    assertThat(exit.reason()).isEqualTo(WorkerExit.Reason.HOST_ENDED);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #1 [1]");
    var items = job.items(0);
    assertThat(items.results()).containsExactly("0", "null", "null");
    assertThat(items.errors())
        .extracting(one -> one.error().reason())
        .containsExactly(Reason.HandlerDied, Reason.HandlerDied);
  }

  @Test
  void anAttemptOfFailedItemsThatTakesTheProcessDownIsFollowedByOneOfTheWholeBatch() {
    hosts.answers(
        items("0,null", Map.of(1, THROWN)),
        new Answer.Died("exit code 139"),
        new Answer.Result("[0,1]".getBytes(UTF_8)));
    hosts.restarts = true;
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #2 [1]", "uid-1-0 #2");
    assertThat(job.result(0)).isEqualTo("[0,1]");
  }

  @Test
  void whatTheOthersReturnedIsKeptWhenAnItemBreaksTheProcessAndAnotherOneTakesItsPlace() {
    hosts.restarts = true;
    var hung = BatchError.of(Reason.HandlerFailed, "hung");
    hosts.answers(
        Answer.Items.of(
            List.of("0", "null", "null"),
            new TreeMap<>(Map.of(1, hung)),
            new TreeMap<>(Map.of(2, Duration.ZERO)),
            Optional.of(hung)),
        new Answer.Result("[2]".getBytes(UTF_8)),
        new Answer.Result("[1]".getBytes(UTF_8)));
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #1 [2]", "uid-1-0 #2 [1]");
    assertThat(hosts.processes).containsExactly(1, 2, 2);
    assertThat(job.result(0)).isEqualTo("[0,1,2]");
  }

  @Test
  void anAttemptInWhichEveryItemFailsIsTheBatchsAndTheRetryAnotherProcesss() {
    hosts.restarts = true;
    hosts.answers(
        items("null,null", Map.of(0, THROWN, 1, THROWN)),
        items("0,null", Map.of(1, THROWN)),
        new Answer.Result("[1]".getBytes(UTF_8)));
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #2", "uid-1-0 #3 [1]");
    assertThat(hosts.processes).containsExactly(1, 2, 2);
    assertThat(job.counts().failedAttempts()).isEqualTo(2);
    assertThat(job.result(0)).isEqualTo("[0,1]");
  }
}
