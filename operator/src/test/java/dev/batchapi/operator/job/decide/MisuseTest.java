package dev.batchapi.operator.job.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.NextStep;
import dev.batchapi.queue.Usage;
import org.junit.jupiter.api.Test;

final class MisuseTest {
  private static final long MIB = 1 << 20;

  private static String sentence(Usage usage) {
    return Misuse.of(usage, 50, 100 * MIB)
        .map(
            end -> {
              assertThat(end.verdict()).isEqualTo(Verdict.QueueMisused);
              return end.message();
            })
        .orElse("");
  }

  @Test
  void whatHonestWorkersWriteIsNoMisuse() {
    assertThat(Misuse.of(Usage.NONE, 1, 0)).isEmpty();
    assertThat(sentence(new Usage(100 * MIB, 1_000, 16 * MIB, 10_500))).isEmpty();
    assertThat(Misuse.of(new Usage(Long.MAX_VALUE, 0, 0, 0), 1, 0)).as("without a quota").isEmpty();
  }

  @Test
  void garbageEndsTheJob() {
    assertThat(sentence(new Usage(MIB, 1_001, MIB, 0))).contains("1001 records (1 MiB)", "1000");
    assertThat(sentence(new Usage(17 * MIB, 70, 17 * MIB, 0))).contains("70 records (17 MiB)");
  }

  @Test
  void moreThanItsBytesEndTheJob() {
    assertThat(sentence(new Usage(101 * MIB, 0, 0, 0)))
        .contains("101 MiB", "100 MiB are the most", "BATCHAPI_JOB_MIB");
  }

  @Test
  void recordsThatTellNothingNewEndTheJob() {
    assertThat(sentence(new Usage(MIB, 0, 0, 10_501))).contains("10501 records");
    assertThat(Misuse.of(new Usage(MIB, 0, 0, 10_501), 1_000_000, 0))
        .map(NextStep.Finish::message)
        .isEmpty();
  }
}
