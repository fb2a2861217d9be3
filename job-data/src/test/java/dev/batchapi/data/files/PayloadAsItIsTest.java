package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PayloadAsItIsTest {

  @Test
  void aPayloadTravelsAsItIs() {
    var part = new Part("a.jsonl.gz", "v", 9, 0, 0, 1, 2, null);
    for (var payload :
        List.of(
            "[18446744073709551557,0.10000000000000000555]",
            "[1e400,1.10]",
            "[\"nice\\ud83d\",{\"a\": [1, \"]\"]}]",
            "[\"🙂\"]")) {
      var read = BatchRef.read(new BatchRef(List.of(part), payload.getBytes(UTF_8)).toJson());

      assertThat(read.parts()).containsExactly(part);
      assertThat(new String(read.payload() == null ? new byte[0] : read.payload(), UTF_8))
          .isEqualTo(payload);
    }
  }
}
