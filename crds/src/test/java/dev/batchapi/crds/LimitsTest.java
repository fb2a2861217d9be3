package dev.batchapi.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitsTest {

  @Test
  void inlineItemsOfExactly128KibibytesAreFine() {
    assertThat(check(text(65_536), text(65_536))).isEmpty();
  }

  @Test
  void oneByteMoreNamesTheItemTheSizeAndTheLimit() {
    assertThat(check(text(65_536), text(65_537), NullNode.instance))
        .containsExactly(
            new Problem(
                "spec.input.items[1]",
                "up to and with item 1 the items have 131,073 bytes as JSON, and together they may"
                    + " have 131,072: put them into a ConfigMap"));
  }

  @Test
  void bytesAreCountedAndNotCharacters() {
    assertThat(check(TextNode.valueOf("é".repeat(65_535)))).isEmpty();
    assertThat(check(TextNode.valueOf("é".repeat(65_536)))).hasSize(1);
  }

  @Test
  void aMillionBatchesAreFineAndOneMoreIsNot() {
    assertThat(Limits.checkBatches(1_000_000, 1)).isEmpty();
    assertThat(Limits.checkBatches(10_000_000, 10)).isEmpty();
    assertThat(Limits.checkBatches(10_000_000, 9))
        .contains(
            new Problem(
                "spec.input",
                "10,000,000 items in batches of 9 are 1,111,112 batches, and a job may have"
                    + " 1,000,000: make batchSize larger"));
  }

  private static JsonNode text(int bytesAsJson) {
    return TextNode.valueOf("x".repeat(bytesAsJson - 2));
  }

  private static List<Problem> check(JsonNode... items) {
    var input = new JobInput(Arrays.asList(items), null, null, null);
    var spec = new BatchJobSpec("a", null, input, null, null, null, null, null);
    return BatchRules.checkJob(new NamedSpec<>("default", "j", spec));
  }
}
