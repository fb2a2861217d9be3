package dev.batchapi.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StoredResultTest {
  private static final String SHA256 = "0a".repeat(32);
  private static final String NAME = "7-" + "0f".repeat(16) + ".json";

  @Test
  void itsNameIsOfItsOwnBatchAndOfNoOther() {
    var name = StoredResult.newName(7);
    assertThat(name).isNotEqualTo(StoredResult.newName(7));
    var stored = new StoredResult(name, 1, SHA256);
    assertThat(stored.isOf(7)).isTrue();
    assertThat(stored.isOf(77)).isFalse();
    assertThat(stored.isOf(-7)).isFalse();
  }

  @Test
  void whatLeadsAnywhereElseIsNoReference() {
    for (var name :
        List.of(
            "", "owner.json", "../manifest.json", "7-/../../x.json", "a/" + NAME, NAME + "/x")) {
      assertThatThrownBy(() -> new StoredResult(name, 1, SHA256))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (var bytes : new long[] {-1, 0, StoredResult.MAX_BYTES + 1L}) {
      assertThatThrownBy(() -> new StoredResult(NAME, bytes, SHA256))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new StoredResult(NAME, 1, "0A".repeat(32)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
