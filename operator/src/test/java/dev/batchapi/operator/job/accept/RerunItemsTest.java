package dev.batchapi.operator.job.accept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.RerunInput.Of;
import dev.batchapi.data.files.RerunBatch;
import dev.batchapi.data.input.CountInput;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.ReadBatch;
import dev.batchapi.operator.job.observe.Observations;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RerunItemsTest {
  private static final BatchError ERROR = BatchError.of(BatchError.Reason.HandlerFailed, "no");

  /** Of six batches of three: 0 succeeded, 1 failed, 2 and 5 not done, of 3 two items failed. */
  private static RerunItems items(Of of) {
    var items = new RerunItems(run(), of);
    items.read(0, Outcome.succeeded(1, "[0,1,2]".getBytes(UTF_8)));
    items.read(4, Outcome.succeeded(1, new byte[0]));
    items.read(3, Outcome.partial(1, failed(0, 2)));
    items.read(1, Outcome.failed(3, ERROR));
    items.readAll();
    return items;
  }

  private static RunSpec run() {
    var job = new Observations();
    job.total = 6;
    job.batchSize = 3;
    return job.frozen().run();
  }

  private static ItemOutcomes failed(int... items) {
    return new ItemOutcomes(
        List.of("null", "1", "null"),
        Arrays.stream(items).mapToObj(item -> new ItemOutcomes.ItemError(item, 1, ERROR)).toList());
  }

  private static Batches numbers() {
    var input = new CountInput(18, 3);
    return Batches.of(6, input::payload);
  }

  private static List<String> cut(RerunItems items, int batchSize) {
    var batches = new ArrayList<String>();
    items.cut(
        numbers(),
        batchSize,
        (index, batch) -> {
          assertThat(index).isEqualTo(batches.size());
          var payload = new String(batch.read(ref -> new ReadBatch(new byte[0], 1)).json(), UTF_8);
          assertThat(payload).isEqualTo(Arrays.toString(batch.numbers()).replace(" ", ""));
          batches.add(payload);
        });
    return batches;
  }

  @Test
  void failedItemsAreThoseOfFailedBatchesAndThoseThatFailedAlone() {
    assertThat(cut(items(Of.Failed), 100)).containsExactly("[3,4,5,9,11]");
  }

  @Test
  void unfinishedItemsAreThoseOfBatchesWithoutAnOutcome() {
    assertThat(cut(items(Of.Unfinished), 100)).containsExactly("[6,7,8,15,16,17]");
  }

  @Test
  void theyAreCutAnewByTheNewJobsBatchSize() {
    assertThat(cut(items(Of.Both), 4)).containsExactly("[3,4,5,6]", "[7,8,9,11]", "[15,16,17]");
    assertThat(cut(items(Of.Failed), 1)).containsExactly("[3]", "[4]", "[5]", "[9]", "[11]");
    assertThat(items(Of.Both).count()).isEqualTo(11);
  }

  @Test
  void whatIsOfNoBatchOrTwiceCountsForNothing() {
    var items = new RerunItems(run(), Of.Failed);
    items.read(0, Outcome.failed(1, ERROR));
    items.read(0, Outcome.failed(1, ERROR));
    items.read(6, Outcome.failed(1, ERROR));
    items.read(1, Outcome.partial(1, failed(1, 7)));
    items.readAll();

    assertThat(items.failed()).isEqualTo(1);
    assertThat(items.succeeded()).isEqualTo(1);
    assertThat(cut(items, 100)).containsExactly("[0,1,2,4]");
  }

  @Test
  void ofABatchWhoseRecordNobodyCanReadAllItemsAreRunAgain() {
    var items = new RerunItems(run(), Of.Failed);
    items.read(2, new Outcome(Outcome.Kind.PARTIAL, 1, 1, "garbage".getBytes(UTF_8)));
    items.readAll();

    assertThat(cut(items, 100)).containsExactly("[6,7,8]");
  }

  /** A bit for each of its items would be all the memory that there is. */
  @Test
  void ofAHugeJobWholeBatchesAloneAreRunAgain() {
    var job = new Observations();
    job.total = 20_000;
    job.batchSize = 100_000;
    var items = new RerunItems(job.frozen().run(), Of.Both);
    assertThat(items.read(19_998, Outcome.failed(1, ERROR))).isTrue();
    items.readAll();
    assertThat(items.count()).isEqualTo(2_000_000_000);
    assertThat(items.tooMany()).isFalse();

    var others = new RerunItems(job.frozen().run(), Of.Failed);
    assertThat(others.read(19_999, Outcome.partial(1, failed(0)))).isFalse();
    assertThat(others.tooMany()).isTrue();
    var unfinished = new RerunItems(job.frozen().run(), Of.Unfinished);
    assertThat(unfinished.read(19_999, Outcome.partial(1, failed(0)))).isTrue();
  }

  /** All of them together would be more than the process has. */
  @Test
  void ofABatchThatWouldBeTooLargeNoMoreIsReadThanWasFound() {
    var job = new Observations();
    job.total = 1000;
    job.batchSize = 1;
    var items = new RerunItems(job.frozen().run(), Of.Unfinished);
    items.readAll();
    var line = ("[\"" + "x".repeat(300 * 1024) + "\"]").getBytes(UTF_8);
    var read = new ArrayList<Integer>();
    var batches =
        Batches.of(
            1000,
            index -> {
              read.add(index);
              return line;
            });

    assertThatThrownBy(() -> items.cut(batches, 1000, (index, batch) -> {}))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("make batchSize smaller (spec.overrides.batchSize)");
    assertThat(read).hasSize(4);
    items.cut(batches, 3, (index, batch) -> {});
  }

  @Test
  void aRerunIsRunAgainUnderTheNumbersOfTheFirstJob() {
    var first = new ArrayList<RerunBatch>();
    items(Of.Both).cut(numbers(), 3, (index, batch) -> first.add(batch));
    var job = new Observations();
    job.total = 4;
    job.batchSize = 3;
    var again =
        new RerunItems(job.frozen().run().withRerun(new RunSpec.Rerun("j", "uid")), Of.Failed);
    again.read(1, Outcome.failed(1, ERROR));
    again.readAll();
    var second = new ArrayList<RerunBatch>();
    again.cut(
        Batches.of(4, index -> first.get(index).toJson()), 2, (index, batch) -> second.add(batch));

    assertThat(second.getFirst().numbers()).containsExactly(6, 7);
    assertThat(new String(Objects.requireNonNull(second.getLast().carried()), UTF_8))
        .isEqualTo("[8]");
  }

  /** Where items lie is written by a program of the namespace: it may be anything. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"parts\":[%s],\"unreadable\":[0,2147483647]}",
        "{\"parts\":[%s],\"unreadable\":[2147483647,2]}",
        "{\"parts\":[%s],\"unreadable\":[0]}",
        "{\"parts\":[%s],\"unreadable\":[-1,2]}",
        "{\"parts\":[%s],\"unreadable\":null}",
        "{\"parts\":[%s],\"payload\":[1]}",
        "{\"parts\":[null]}",
        "{\"parts\":null}",
        "null",
        "[",
      })
  void recordsOfPlacesThatAreGarbageCostTheRerunNoMoreThanItself(String record) throws Exception {
    var part = "{\"u\":\"s3://b/k\",\"v\":\"1\",\"s\":9,\"o\":0,\"n\":9,\"l\":1,\"i\":3}";
    var body = record.formatted(part).getBytes(UTF_8);
    var run =
        run().withFiles((ObjectNode) new ObjectMapper().readTree("{\"paths\":[\"s3://b/k\"]}"));
    var items = new RerunItems(run, Of.Failed);
    items.read(1, Outcome.failed(3, ERROR));
    items.readAll();
    var written = new ArrayList<RerunBatch>();
    try {
      items.cut(Batches.of(6, index -> body), 2, (index, batch) -> written.add(batch));
    } catch (TamperedException e) {
      assertThat(e).hasMessageContaining("its batch 1");
    }
    // Of what says that two thousand million items can't be read, the chosen ones are told.
    assertThat(written).allSatisfy(batch -> assertThat(batch.toJson()).hasSizeLessThan(500));
  }
}
