package dev.batchapi.operator.job.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.queue.QueueShares;
import dev.batchapi.queue.Window;
import org.junit.jupiter.api.Test;

final class WorkSharesTest {
  private final WorkShares shares =
      new WorkShares(QueueShares.ofMib(0, 0, 6_000, 4_000, 2_000, 64));

  private int window(String job, String namespace) {
    return shares.window(job, namespace, 1).batches();
  }

  @Test
  void aJobAloneHasAWindow() {
    assertThat(shares.window("a", "x", 8)).isEqualTo(new Window(2_000, 16, 64 << 20));
  }

  @Test
  void aNamespaceLeavesRoomToOthers() {
    assertThat(window("a", "x")).isEqualTo(2_000);
    assertThat(window("b", "x")).isEqualTo(2_000);
    assertThat(window("c", "x")).as("its namespace has its share").isEqualTo(100);
    assertThat(window("d", "y")).isEqualTo(1_900);
    assertThat(window("e", "z")).as("nothing is left").isEqualTo(100);
  }

  @Test
  void whatAJobDoesNotTakeIsForOthers() {
    window("a", "x");
    shares.has("a", 3);
    window("b", "x");
    shares.forget("b");
    assertThat(window("c", "x")).isEqualTo(2_000);
    assertThat(window("d", "x")).isEqualTo(1_997);
    assertThat(window("a", "x")).as("what it has itself is its own").isEqualTo(100);
  }

  @Test
  void eachWorkerFindsItsNextBatch() {
    for (var job = 0; job < 10; job++) {
      window("j" + job, "x");
    }
    assertThat(shares.window("late", "x", 500)).isEqualTo(new Window(1_000, 1_000, 64 << 20));
  }
}
