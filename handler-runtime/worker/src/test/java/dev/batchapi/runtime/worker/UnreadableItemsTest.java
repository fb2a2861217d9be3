package dev.batchapi.runtime.worker;

import static dev.batchapi.runtime.worker.ScriptedHosts.items;
import static dev.batchapi.runtime.worker.ScriptedJob.ID;
import static dev.batchapi.runtime.worker.ScriptedJob.RETRY;
import static dev.batchapi.runtime.worker.ScriptedJob.THROWN;
import static dev.batchapi.runtime.worker.ScriptedJob.assignment;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.input.ReadBatch;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Outcome;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches of which not everything can be read. */
@Timeout(30)
class UnreadableItemsTest {
  private final ScriptedJob job = new ScriptedJob();
  private final ScriptedHosts hosts = job.hosts;

  @Test
  void aBatchOfWhichNothingCanBeReadFailsAtOnce() {
    job.enqueue(1);
    job.runUntil(job.reading(withUnreadable("[null]", 0)), 1);
    assertThat(hosts.handled).isEmpty();
    assertThat(job.error(0)).isEqualTo(unreadable(0));
  }

  @Test
  void anItemThatCantBeReadFailsAloneAndTheOthersAreHandedOver() {
    hosts.answers(new Answer.Result("[10,30]".getBytes(UTF_8)));
    job.enqueue(1);
    job.runUntil(job.reading(withUnreadable("[1,null,3,null]", 1, 3)), 1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1 [0, 2]");
    assertThat(job.outcome(0).kind()).isEqualTo(Outcome.Kind.PARTIAL);
    var items = job.items(0);
    assertThat(items.results()).containsExactly("10", "null", "30", "null");
    assertThat(items.errors())
        .containsExactly(
            new ItemOutcomes.ItemError(1, 1, unreadable(1)),
            new ItemOutcomes.ItemError(3, 1, unreadable(3)));
  }

  @Test
  void theOthersAreTriedAgainAsEver() {
    hosts.answers(
        items("null,30", Map.of(0, THROWN)), // of items 0 and 2
        new Answer.Result("[10]".getBytes(UTF_8)));
    job.enqueue(1);
    job.runUntil(job.reading(withUnreadable("[1,null,3]", 1)), 1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1 [0, 2]", "uid-1-0 #2 [0]");
    var items = job.items(0);
    assertThat(items.results()).containsExactly("10", "null", "30");
    assertThat(items.errors()).extracting(ItemOutcomes.ItemError::item).containsExactly(1);
  }

  @Test
  void ifNoneOfTheOthersSucceedsThatIsAFailedAttemptOfTheBatch() {
    hosts.answers(
        items("null,null", Map.of(0, THROWN, 1, THROWN)),
        new Answer.Failed(THROWN),
        new Answer.Result(new byte[0]));
    job.enqueue(1);
    job.runUntil(job.reading(withUnreadable("[1,null,3]", 1)), 1);
    assertThat(hosts.handled)
        .containsExactly("uid-1-0 #1 [0, 2]", "uid-1-0 #2 [0, 2]", "uid-1-0 #3 [0, 2]");
    var items = job.items(0);
    assertThat(items.results()).containsExactly("null", "null", "null");
    assertThat(items.errors()).containsExactly(new ItemOutcomes.ItemError(1, 3, unreadable(1)));
  }

  @Test
  void aBatchWithOneResultNeedsAllOfItsItems() {
    hosts.answers(new Answer.Result("{\"sum\":4}".getBytes(UTF_8)));
    job.enqueue(1);
    job.runUntil(job.reading(withUnreadable("[1,null,3]", 1)), 1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1 [0, 2]");
    assertThat(job.error(0).reason()).isEqualTo(Reason.InputInvalid);
    assertThat(job.error(0).message()).contains(unreadable(1).message());
  }

  @Test
  void andIsNotBegunIfThatIsKnown() {
    job.enqueue(1);
    var its = assignment(RETRY);
    var assignment =
        new Assignment(
            its.jobId(), its.jobName(), its.retry(), its.batchTimeout(), 3, false, its.rate(), 1);
    job.runUntil(
        new Worker(assignment, job.queue.worker(ID), hosts, withUnreadable("[1,null,3]", 1)), 1);
    assertThat(hosts.handled).isEmpty();
    assertThat(job.error(0).message()).contains(unreadable(1).message());
  }

  private static Payloads withUnreadable(String json, Integer... positions) {
    var why = new TreeMap<Integer, String>();
    for (var position : positions) {
      why.put(position, unreadable(position).message());
    }
    return lease -> Fetched.of(new ReadBatch(json.getBytes(UTF_8), json.split(",").length, why));
  }

  private static BatchError unreadable(int position) {
    return BatchError.of(Reason.InputInvalid, "s3://b/k:%d: no JSON".formatted(position));
  }
}
