package dev.batchapi.operator.job.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class FailedBatchesTest {
  @Test
  void aMessageIsCutAtOneKibibyteBetweenTwoCharacters() {
    var cut = FailedBatches.shortened("x" + "💥".repeat(400));

    assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1024);
    assertThat(cut).endsWith("💥…").startsWith("x💥");
  }

  @Test
  void aShortOneStaysAsItIs() {
    assertThat(FailedBatches.shortened("ä".repeat(512))).isEqualTo("ä".repeat(512));
  }
}
