package dev.batchapi.operator.job.act;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.data.input.Sources;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SmallResultsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KIB = 1024;

  private final List<Outcome> recorded = new ArrayList<>();
  private int read;

  private static RunSpec run(int items, int batchSize) {
    return new RunSpec(
        new RunSpec.Job("uid", "monday", "n", "api", 1, "2026-01-01T00:00:00Z"),
        new RunSpec.Handler(RunSpec.Language.PYTHON, "handler.py", true, "Handler", List.of()),
        JSON.createObjectNode(),
        batchSize,
        items,
        RunSpec.batches(items, batchSize),
        new RunSpec.Retry(1, 1, 60),
        new RunSpec.Timeouts(null, null, null),
        null,
        new RunSpec.Metrics(null, null, Map.of()));
  }

  private static Batches payloads(RunSpec run) {
    return Batches.of(run.totalBatches(), i -> "[\"payload %d\"]".formatted(i).getBytes(UTF_8));
  }

  private void records(Outcome... outcomes) {
    recorded.clear();
    recorded.addAll(List.of(outcomes));
  }

  /** The ledger, in which the last batch was the first to end. */
  private void readWhile(Ledger.OutcomeReader reader) {
    for (var i = recorded.size() - 1; i >= 0; i--) {
      read++;
      if (!reader.read(i, recorded.get(i))) {
        return;
      }
    }
  }

  private Optional<SmallResults> files(RunSpec run) {
    return SmallResults.of(run, this::readWhile, payloads(run), Sources.NONE);
  }

  private static Outcome result(String json) {
    return Outcome.succeeded(1, json.getBytes(UTF_8));
  }

  private static String text(int kib) {
    return "\"" + "x".repeat(kib * KIB) + "\"";
  }

  @Test
  void linesStandInTheOrderOfItemsAndNotOfTheirEnds() {
    var run = run(5, 2);
    records(result("[1,2]"), result(""), result("[5]"));

    var files = files(run).orElseThrow();

    assertThat(files.results())
        .isEqualTo(
            """
            {"job":"monday","item":0,"batch":0,"result":1}
            {"job":"monday","item":1,"batch":0,"result":2}
            {"job":"monday","item":4,"batch":2,"result":5}
            """);
    assertThat(files.errors()).isEmpty();
    assertThat(files.remark()).isEmpty();
  }

  @Test
  void aFailedBatchIsAnErrorWithItsPayload() {
    var run = run(2, 1);
    records(Outcome.failed(3, BatchError.of(Reason.HandlerFailed, "bad")), result("[5]"));

    var files = files(run).orElseThrow();

    assertThat(files.errors())
        .isEqualTo(
            """
            {"job":"monday","batch":0,"attempts":3,"error":{"reason":"HandlerFailed","message":"bad"},"payload":["payload 0"]}
            """);
    assertThat(files.results()).hasLineCount(1);
  }

  @Test
  void recordsThatNoWorkerOfOursWritesCostNothingButThemselves() {
    var run = run(3, 1);
    records(
        result("[1"),
        new Outcome(Outcome.Kind.FAILED, 1, "no error".getBytes(UTF_8)),
        result("[3]"));

    var files = files(run).orElseThrow();

    assertThat(files.results()).contains("\"result\":3").hasLineCount(1);
    assertThat(files.errors()).contains("ResultInvalid", "its record can't be read");
  }

  @Test
  void itemsOfAnotherNumberThanTheBatchHasAreAnError() {
    var error = new ItemOutcomes.ItemError(1, 1, BatchError.of(Reason.HandlerFailed, "bad"));
    records(Outcome.partial(1, new ItemOutcomes(List.of("1", "null", "3"), List.of(error))));

    var files = files(run(2, 2)).orElseThrow();

    assertThat(files.results()).isEmpty();
    assertThat(files.errors()).contains("ResultInvalid", "the batch has 2").hasLineCount(1);
  }

  @Test
  void whatIsBehindTheJobsLastBatchIsNotOfTheJob() {
    records(result("[1]"), result("[2]"), result("[3]"));

    var files = files(run(2, 1)).orElseThrow();

    assertThat(files.results()).hasLineCount(2);
  }

  @Test
  void aJobThatDidNothingHasTwoEmptyFiles() {
    var run = run(2, 1);

    assertThat(files(run))
        .hasValueSatisfying(files -> assertThat(files.results() + files.errors()).isEmpty());
  }

  @Test
  void nineHundredKibibytesFitAndNoMore() {
    var run = run(4, 1);
    var line = "{\"job\":\"monday\",\"item\":0,\"batch\":0,\"result\":}\n".length();
    var fits = "[\"" + "x".repeat(900 * KIB - 3 * (225 * KIB) - line - 2) + "\"]";
    var others = "[\"" + "x".repeat(225 * KIB - line - 2) + "\"]";
    records(result(fits), result(others), result(others), result(others));

    var files = files(run).orElseThrow();

    assertThat(files.results()).hasSize(900 * KIB);

    records(result(fits.replaceFirst("x", "xx")), result(others), result(others), result(others));
    assertThat(files(run)).isEmpty();
  }

  @Test
  void payloadsOfFailedBatchesCountToo() {
    var run = run(2, 1);
    var error = Outcome.failed(1, BatchError.of(Reason.HandlerFailed, "bad"));
    records(error, error);

    var large = Batches.of(2, i -> ("[" + text(500) + "]").getBytes(UTF_8));

    assertThat(SmallResults.of(run, this::readWhile, large, Sources.NONE)).isEmpty();
  }

  @Test
  void ofLargerOnesNoMoreIsReadThanNeeded() {
    var run = run(100, 1);
    records(IntStream.range(0, 100).mapToObj(i -> result(text(90))).toArray(Outcome[]::new));

    assertThat(files(run)).isEmpty();
    assertThat(read).isEqualTo(10);
  }

  /** So many that even their names would be too much. */
  @Test
  void veryManySmallOnesAreNotKept() {
    var run = run(40_000, 1);
    records(IntStream.range(0, 40_000).mapToObj(i -> result("1")).toArray(Outcome[]::new));

    assertThat(files(run)).isEmpty();
    assertThat(read).isLessThan(30_000);
  }
}
