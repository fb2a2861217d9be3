package dev.batchapi.runtime.splitter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.Pace;
import dev.batchapi.data.files.SplitListener.Reached;
import dev.batchapi.data.split.SplitProgress;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.queue.Splits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private final AtomicLong time = new AtomicLong();
  private final List<byte[]> said = new ArrayList<>();
  private final Reports reports = new Reports(said::add, time::get);

  private void second() {
    time.addAndGet(Pace.OF_PROGRESS.toNanos());
  }

  @Test
  void itIsSaidOnceASecondWhateverIsDoneInIt() {
    reports.found(1);
    assertThat(said).isEmpty();
    second();
    for (var i = 2; i < 1000; i++) {
      reports.found(i);
    }
    assertThat(said.stream().map(SplitProgress::read)).containsExactly(SplitProgress.listing(2));

    reports.listed(List.of(new StoredFile("a", 30, "1"), new StoredFile("b", 70, "1")));
    second();
    reports.reached(new Reached(1, 40, 5, 2));
    reports.reached(new Reached(1, 41, 6, 3));
    assertThat(said).hasSize(2);
    assertThat(SplitProgress.read(said.getLast()))
        .isEqualTo(new SplitProgress(2, 100, 1, 40, 5, 2));
  }

  @Test
  void theLongestThatCanBeSaidIsShortEnough() {
    reports.listed(List.of(new StoredFile("a", Long.MAX_VALUE, "1")));
    second();
    var most = Integer.MAX_VALUE;
    reports.reached(new Reached(most, Long.MAX_VALUE, most, most));
    assertThat(said.getFirst()).hasSizeLessThan(Splits.PROGRESS_BYTES);
  }
}
