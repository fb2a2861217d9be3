package dev.batchapi.operator.job.accept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.Part;
import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.operator.job.observe.Observations;
import dev.batchapi.operator.job.program.WrittenRecords;
import dev.batchapi.operator.pod.FrozenSplit;
import dev.batchapi.operator.pod.TamperedException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SplitBatchesTest {
  private static final int BATCHES = 20_000;

  private final WrittenRecords records =
      new WrittenRecords() {
        @Override
        public byte @Nullable [] read(String job, int attempt, String name) {
          reads++;
          return job.equals("uid") ? super.read(job, attempt, name) : null;
        }
      };
  private int reads;
  private SplitBatches batches;

  @BeforeEach
  void aSplitterHasWritten() {
    var sink = new ChunkSink((number, lines) -> records.split.put("3." + number, lines));
    for (var i = 0; i < BATCHES; i++) {
      sink.batch(i, new BatchRef(List.of(new Part("s3://b/k", "v", 9, i, 1, 1, 1, null)), null));
    }
    var end = new SplitEnd("args", 1, 9, BATCHES, BATCHES, sink.end(), null).toJson();
    records.split.put("3." + SplitEnd.NAME, end);
    var split = new FrozenSplit(3, Sha256.hex(end), 1, 9, 0);
    var job = new Observations();
    job.total = BATCHES;
    batches = new SplitBatches(job.frozen(), split, records);
  }

  private long offset(int index) {
    return BatchRef.read(batches.payload(index)).parts().getFirst().offset();
  }

  @Test
  void aChunkOfEmptyLinesIsNoSplittersEvenIfItsDigestIsRight() {
    var lines = "\n".repeat(100).getBytes(UTF_8);
    var end =
        new SplitEnd(
                "args",
                1,
                9,
                BATCHES,
                BATCHES,
                List.of(new SplitEnd.Chunk(0, Sha256.hex(lines))),
                null)
            .toJson();
    records.split.put("3.0", lines);
    records.split.put("3." + SplitEnd.NAME, end);
    var job = new Observations();
    job.total = BATCHES;
    var tampered =
        new SplitBatches(job.frozen(), new FrozenSplit(3, Sha256.hex(end), 1, 9, 0), records);

    assertThatThrownBy(() -> tampered.payload(0))
        .isInstanceOf(TamperedException.class)
        .hasMessageContaining("empty");
  }

  @Test
  void eachBatchIsFoundAndAChunkIsReadOnceInARow() {
    assertThat(records.split).hasSizeGreaterThan(3);
    for (var i = 0; i < BATCHES; i++) {
      assertThat(offset(i)).isEqualTo(i);
    }
    assertThat(reads).isEqualTo(records.split.size());
    assertThat(offset(7)).isEqualTo(7);
    assertThat(offset(BATCHES - 1)).isEqualTo(BATCHES - 1);
  }

  @Test
  void whatWasReplacedOrIsGoneIsNotBelieved() {
    records.split.put("3.1", "{\"parts\":[]}\n".getBytes(UTF_8));
    assertThat(offset(0)).isZero();
    assertThatThrownBy(() -> offset(BATCHES / 2)).isInstanceOf(TamperedException.class);
    records.split.remove("3.1");
    assertThatThrownBy(() -> offset(BATCHES / 2)).isInstanceOf(TamperedException.class);
  }

  @Test
  void anotherEndIsNotBelieved() {
    records.split.put("3." + SplitEnd.NAME, SplitEnd.failed("args", "no").toJson());
    assertThatThrownBy(() -> offset(0)).isInstanceOf(TamperedException.class);
  }
}
