package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionsTest {

  @Test
  void whatWasPutInIsInAndNothingElse() throws IOException {
    var numbers = new int[] {0, 1, 2, 7, 9, 10, 2_147_483_646};
    var positions = Positions.read(Positions.of(numbers).runs());

    assertThat(positions.toString()).isEqualTo("[0,3,7,1,9,2,2147483646,1]");
    assertThat(positions.toArray()).containsExactly(numbers);
    assertThat(positions.count()).isEqualTo(7);
    assertThat(IntStream.range(0, 12).filter(positions::contains))
        .containsExactly(0, 1, 2, 7, 9, 10);
    assertThat(positions.contains(Integer.MAX_VALUE)).isFalse();
    assertThat(positions.only(new int[] {1, 3, 7, 8}).toArray()).containsExactly(1, 7);
    assertThat(Positions.NONE.contains(0)).isFalse();
  }

  @Test
  void howManyTheySayTheyAreTakesNoMemory() throws IOException {
    var all = Positions.read(new int[] {0, Integer.MAX_VALUE});
    assertThat(all.count()).isEqualTo(Integer.MAX_VALUE);
    assertThat(all.contains(2_000_000_000)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[0]", "[-1,2]", "[5,-3]", "[5,0]", "[2147483647,2]", "[0,1,0,1]", "null"})
  void othersAreRefused(String runs) {
    var batch = "{\"parts\":[],\"unreadable\":" + runs + "}";
    assertThatThrownBy(() -> BatchRef.read(batch.getBytes(UTF_8)))
        .isInstanceOf(UncheckedIOException.class);
    var rerun = "{\"pieces\":[{\"at\":" + runs + ",\"numbers\":[0,1],\"parts\":[]}]}";
    assertThatThrownBy(() -> RerunBatch.read(rerun.getBytes(UTF_8)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("no batch of a rerun");
  }

  @Test
  void aRerunsBatchHasNoMoreItemsThanAPayload() {
    var piece = "{\"at\":[0,400000],\"numbers\":[0,400000],\"parts\":[]}";
    for (var pieces :
        new String[] {
          "{\"at\":[0,2147483647],\"numbers\":[0,2147483647],\"parts\":[]}", piece + "," + piece
        }) {
      assertThatThrownBy(() -> RerunBatch.read(("{\"pieces\":[" + pieces + "]}").getBytes(UTF_8)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("more items than a payload has");
    }
  }
}
