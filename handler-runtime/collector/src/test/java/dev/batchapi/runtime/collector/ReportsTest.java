package dev.batchapi.runtime.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.Pace;
import dev.batchapi.data.collect.CollectProgress;
import dev.batchapi.data.results.LineFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private final AtomicLong time = new AtomicLong();
  private final List<byte[]> said = new ArrayList<>();
  private final Reports reports = new Reports(said::add, 10, time::get);

  @Test
  void itIsSaidOnceASecondWithWhatIsInWholeFilesAndInThatWhichIsWritten() throws IOException {
    try (var results = LineFiles.results(name -> new ByteArrayOutputStream(), 4);
        var errors = LineFiles.errors(name -> new ByteArrayOutputStream())) {
      results.add("123\n".getBytes(UTF_8));
      reports.reached(1, results, errors);
      assertThat(said).isEmpty();
      time.addAndGet(Pace.OF_PROGRESS.toNanos());
      results.add("4\n".getBytes(UTF_8));
      errors.add("no\n".getBytes(UTF_8));
      reports.reached(3, results, errors);
      reports.reached(4, results, errors);
    }
    assertThat(said.stream().map(CollectProgress::read))
        .containsExactly(new CollectProgress(3, 1, 9));
  }
}
