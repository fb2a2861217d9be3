package dev.batchapi.queue.memory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.End;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one process has kept is what the next one goes on with. */
class JournalTest {
  private static final int TOTAL = 4;
  private static final BatchError ERROR =
      new BatchError(BatchError.Reason.HandlerFailed, "bad", null, null);

  @TempDir private Path folder;

  @Test
  void onlyWhatHasNoOutcomeIsHandedOutAgain() throws Exception {
    run(
        true,
        queue -> {
          take(queue).commit(succeeded("a"));
          take(queue).commit(Outcome.failed(2, ERROR));
          take(queue); // killed with this one in hand
        });
    run(
        true,
        queue -> {
          assertThat(queue.counts("j").succeeded()).isEqualTo(1);
          assertThat(queue.counts("j").failed()).isEqualTo(1);
          assertThat(queue.counts("j").failedAttempts()).isEqualTo(2);
          assertThat(text(queue, 0)).isEqualTo("a");
          assertThat(handedOut(queue)).containsExactly(2, 3);
        });
  }

  @Test
  void batchesSomeOfWhoseItemsFailedAreKeptAsTheyAre() throws Exception {
    var items =
        new ItemOutcomes(List.of("1", "null"), List.of(new ItemOutcomes.ItemError(1, 3, ERROR)));
    run(
        true,
        queue -> {
          take(queue).commit(succeeded("a"));
          take(queue).commit(Outcome.partial(3, items));
        });
    run(
        true,
        queue -> {
          assertThat(queue.counts("j").failedItems()).isEqualTo(1);
          assertThat(queue.partial("j", 10)).containsExactly(1);
          assertThat(text(queue, 1)).isEqualTo(new String(items.toJson(), UTF_8));
          assertThat(handedOut(queue)).containsExactly(2, 3);
        });
  }

  @Test
  void failedBatchesAreHandedOutAgainIfThatIsWanted() throws Exception {
    run(
        true,
        queue -> {
          take(queue).commit(Outcome.failed(1, ERROR));
          take(queue).commit(Outcome.failed(1, ERROR));
          take(queue).commit(succeeded("c"));
          take(queue).commit(succeeded("d"));
          complete(queue);
        });
    run(
        false,
        queue -> {
          assertThat(queue.counts("j").completion()).isEmpty();
          take(queue).commit(succeeded("again"));
        });
    run(
        true,
        queue -> {
          assertThat(queue.failed("j", 10)).containsExactly(1);
          assertThat(text(queue, 0)).isEqualTo("again");
          assertThat(handedOut(queue)).isEmpty();
        });
  }

  /** Killed between the last batch that was done again and on_job_complete. */
  @Test
  void aBatchThatWasDoneAgainAsksForOnJobCompleteAgain() throws Exception {
    run(
        true,
        queue -> {
          take(queue).commit(Outcome.failed(1, ERROR));
          for (var i = 1; i < TOTAL; i++) {
            take(queue).commit(succeeded("x"));
          }
          complete(queue);
        });
    run(false, queue -> take(queue).commit(succeeded("again")));
    run(
        true,
        queue -> {
          assertThat(queue.counts("j").succeeded()).isEqualTo(TOTAL);
          assertThat(queue.counts("j").completion()).isEmpty();
          complete(queue);
        });
    run(true, queue -> assertThat(queue.counts("j").completion()).contains(Outcome.Kind.SUCCEEDED));
  }

  @Test
  void aRunWhoseBatchesAreAllDoneKeepsHowOnJobCompleteEnded() throws Exception {
    run(
        true,
        queue -> {
          for (var i = 0; i < TOTAL; i++) {
            take(queue).commit(succeeded("x"));
          }
          complete(queue);
        });
    run(true, queue -> assertThat(queue.counts("j").completion()).contains(Outcome.Kind.SUCCEEDED));
  }

  @Test
  void whatComesAfterTheEndIsNotKept() throws Exception {
    run(
        true,
        queue -> {
          var late = take(queue);
          queue.end("j", new End(End.Verdict.Cancelled, "", Instant.now()));
          late.commit(Outcome.failed(1, ERROR));
        });
    run(true, queue -> assertThat(handedOut(queue)).containsExactly(0, 1, 2, 3));
  }

  /** As after a loss of power: the file system may have kept any part of what was last written. */
  @Test
  void whatWasNotWrittenToItsEndIsAsIfItHadNeverBeen() throws Exception {
    run(
        true,
        queue -> {
          take(queue).commit(succeeded("first"));
          take(queue).commit(succeeded("second"));
        });
    for (Damage damage :
        List.<Damage>of(
            () -> truncate("bodies", 1),
            () -> truncate("outcomes", 5),
            () -> Files.write(folder.resolve("outcomes"), new byte[7], StandardOpenOption.APPEND),
            () ->
                Files.write(folder.resolve("outcomes"), new byte[99], StandardOpenOption.APPEND))) {
      damage.happens();
      run(
          true,
          queue -> {
            assertThat(text(queue, 0)).isEqualTo("first");
            if (queue.counts("j").done() < 2) {
              take(queue).commit(succeeded("second"));
            }
          });
      run(
          true,
          queue -> {
            assertThat(text(queue, 1)).isEqualTo("second");
            assertThat(handedOut(queue)).containsExactly(2, 3);
          });
    }
  }

  @Test
  void aBodyThatWasReplacedIsNotBelieved() throws Exception {
    run(true, queue -> take(queue).commit(succeeded("first")));
    Files.writeString(folder.resolve("bodies"), "f1rst");
    run(true, queue -> assertThat(handedOut(queue)).containsExactly(0, 1, 2, 3));
  }

  private interface Damage {
    void happens() throws Exception;
  }

  private void truncate(String file, int bytes) throws Exception {
    try (var open = new RandomAccessFile(folder.resolve(file).toFile(), "rw")) {
      open.setLength(open.length() - bytes);
    }
  }

  private void run(boolean withFailed, Consumer<MemoryQueue> use) throws Exception {
    try (var journal = Journal.open(folder);
        var queue = new MemoryQueue(journal)) {
      queue.restore("j", TOTAL, withFailed);
      queue.enqueue("j", Batches.of(TOTAL, index -> "[1]".getBytes(UTF_8)));
      use.accept(queue);
    }
  }

  private static void complete(MemoryQueue queue) {
    queue.enqueueCompletion("j", new byte[0]);
    take(queue).commit(succeeded(""));
  }

  private static List<Integer> handedOut(MemoryQueue queue) {
    var indices = new ArrayList<Integer>();
    for (var i = queue.counts("j").done(); i < TOTAL; i++) {
      indices.add(take(queue).index());
    }
    return indices;
  }

  private static String text(MemoryQueue queue, int index) {
    var outcome = queue.outcome("j", index);
    return outcome == null ? "none" : new String(outcome.body(), UTF_8);
  }

  private static Outcome succeeded(String body) {
    return Outcome.succeeded(1, body.getBytes(UTF_8));
  }

  private static Lease take(MemoryQueue queue) {
    try {
      return queue.worker("j").lease(Duration.ZERO).orElseThrow();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
