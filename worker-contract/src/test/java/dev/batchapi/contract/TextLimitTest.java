package dev.batchapi.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextLimitTest {
  @Test
  void bothEndsOfAStackAreKept() {
    var stack = "no model\nTraceback\n" + "  File \"ä\"\n".repeat(1_000) + "ValueError: innermost";
    var cut = TextLimit.bothEnds(stack, 4_096);
    assertThat(cut)
        .startsWith("no model\nTraceback")
        .contains("\n…\n")
        .endsWith("ValueError: innermost")
        .doesNotContain("\uFFFD");
    assertThat(cut.getBytes(UTF_8)).hasSizeBetween(4_000, 4_096);
  }

  @Test
  void noCharacterIsCutInHalf() {
    for (var limit = 1_020; limit < 1_030; limit++) {
      assertThat(TextLimit.bothEnds("🙂".repeat(2_000), limit)).matches("🙂+\n…\n🙂+");
      var beginning = TextLimit.beginning("x" + "🙂".repeat(400), limit);
      assertThat(beginning).matches("x🙂+…");
      assertThat(beginning.getBytes(UTF_8)).hasSizeBetween(limit - 4, limit);
    }
  }

  @Test
  void whatFitsStaysAsItIs() {
    var fits = "é".repeat(512);
    assertThat(TextLimit.beginning(fits, 1_024)).isEqualTo(fits);
    assertThat(TextLimit.bothEnds(fits, 1_024)).isEqualTo(fits);
  }
}
