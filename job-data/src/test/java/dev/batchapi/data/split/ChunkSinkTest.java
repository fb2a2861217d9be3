package dev.batchapi.data.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.Part;
import dev.batchapi.data.input.InputException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkSinkTest {
  private final List<byte[]> chunks = new ArrayList<>();
  private final ChunkSink sink =
      new ChunkSink(
          (number, lines) -> {
            assertThat(number).isEqualTo(chunks.size());
            chunks.add(lines);
          });

  private static BatchRef ref(int index, int payload) {
    var part = new Part("s3://b/" + index, "v", 1, 2, 3, 4, 5, null);
    var json = payload == 0 ? null : ("[\"" + "x".repeat(payload) + "\"]").getBytes(UTF_8);
    return new BatchRef(List.of(part), json);
  }

  @Test
  void everyBatchIsFoundAgainByItsIndex() {
    for (var index = 0; index < 10_000; index++) {
      sink.batch(index, ref(index, index == 5000 ? 600_000 : 100));
    }
    var written = sink.end();

    assertThat(chunks).hasSizeBetween(4, 8).hasSameSizeAs(written);
    var next = 0;
    for (var i = 0; i < written.size(); i++) {
      assertThat(written.get(i).first()).isEqualTo(next);
      assertThat(written.get(i).digest()).isEqualTo(Sha256.hex(chunks.get(i)));
      var chunk = new Chunk(chunks.get(i));
      for (var position = 0; position < chunk.batches(); position++) {
        assertThat(BatchRef.read(chunk.batch(position)).parts().getFirst().url())
            .isEqualTo("s3://b/" + next++);
      }
    }
    assertThat(next).isEqualTo(10_000);
  }

  @Test
  void aBatchThatNoMessageHoldsIsRefused() {
    assertThatThrownBy(() -> sink.batch(0, ref(0, 1 << 20)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("make batchSize smaller");
  }

  @Test
  void whatNoSplitterWritesIsNoChunk() {
    for (var lines : List.of("\n", "{}\n\n", "{}\n{}")) {
      assertThatThrownBy(() -> new Chunk(lines.getBytes(UTF_8)))
          .as(lines)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(new Chunk("{}\n".repeat(1000).getBytes(UTF_8)).batches()).isEqualTo(1000);
  }

  @Test
  void anEndIsReadAsItWasWritten() {
    sink.batch(0, ref(0, 0));
    var end = new SplitEnd("digest", 1, 2L << 32, 5, 1, sink.end(), null);
    assertThat(SplitEnd.read(end.toJson())).isEqualTo(end);
    var failed = SplitEnd.failed("digest", "no such bucket");
    assertThat(SplitEnd.read(failed.toJson())).isEqualTo(failed);
  }
}
