package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastWordsTest {
  @Test
  void bothEndsOfAStackAreKept() {
    var message =
        "no model\nTraceback\n" + "  File \"ä\"\n".repeat(1_000) + "ValueError: innermost";
    var words = new String(LastWords.of(message, 4_096), UTF_8);
    assertThat(words)
        .startsWith("no model\nTraceback")
        .contains("\n…\n")
        .endsWith("ValueError: innermost")
        .doesNotContain("\uFFFD");
    assertThat(words.getBytes(UTF_8)).hasSizeBetween(4_000, 4_096);
  }

  @Test
  void noCharacterIsCutInHalf() {
    for (var limit = 4_090; limit < 4_097; limit++) {
      var words = new String(LastWords.of("🙂".repeat(2_000), limit), UTF_8);
      assertThat(words).matches("🙂+\n…\n🙂+");
    }
  }

  @Test
  void whatFitsStaysAsItIs() {
    assertThat(LastWords.of("é".repeat(2_048), 4_096)).hasSize(4_096);
  }
}
