package dev.batchapi.runtime.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.CollectEnd;
import dev.batchapi.data.collect.OutputProblem;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.files.Listing;
import dev.batchapi.data.files.RerunBatch;
import dev.batchapi.data.files.Splitter;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.RecordedJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Into a folder of the disk; processes, queue and object store: CollectorIT. */
class CollectingTest {
  private static final int BATCHES = 20;
  private static final Manifest.Job JOB = new Manifest.Job("team", "monday", "uid", "digits");

  @TempDir private Path folder;

  /** Two items a batch: every third failed, every seventh is not done. */
  private static final class Recorded implements RecordedJob {
    private final int stopsAfter;
    private final Map<String, byte[]> split;
    private byte @Nullable [] end;

    Recorded(int stopsAfter) {
      this(stopsAfter, Map.of());
    }

    Recorded(int stopsAfter, Map<String, byte[]> split) {
      this.stopsAfter = stopsAfter;
      this.split = split;
    }

    @Override
    public void read(int batches, Ledger.OutcomeReader taker) {
      for (var index = 0; index < batches; index++) {
        if (index == stopsAfter) {
          throw new IllegalStateException("stopped");
        }
        if (index % 7 != 6) {
          taker.read(index, outcome(index));
        }
      }
      if (stopsAfter == batches) {
        throw new IllegalStateException("stopped");
      }
    }

    private static Outcome outcome(int index) {
      if (index < 2) {
        // Of the second batch there is one too many: it has two items.
        return partial(index == 0 ? List.of("1", "null") : List.of("1", "null", "3"));
      }
      if (index % 3 == 2) {
        return Outcome.failed(2, BatchError.of(BatchError.Reason.HandlerFailed, "no"));
      }
      return Outcome.succeeded(
          1, "[%d,\"%s\"]".formatted(index, "x".repeat(index)).getBytes(UTF_8));
    }

    private static Outcome partial(List<String> results) {
      var error = BatchError.of(BatchError.Reason.HandlerFailed, "no such label");
      return Outcome.partial(
          1, new ItemOutcomes(results, List.of(new ItemOutcomes.ItemError(1, 1, error))));
    }

    @Override
    public byte @Nullable [] split(int splitter, String name) {
      return split.get(name);
    }

    @Override
    public void progress(byte[] body) {}

    @Override
    public void end(byte[] record) {
      if (stopsAfter == BATCHES + 1) {
        throw new IllegalStateException("stopped");
      }
      end = record;
    }
  }

  private static CollectArguments into(String output, @Nullable String lines) {
    return new CollectArguments(
        output,
        List.of(),
        List.of(),
        JOB,
        "BatchesFailed",
        "Some failed.",
        2 * BATCHES,
        BATCHES,
        2,
        null,
        null,
        lines);
  }

  private CollectEnd collect(CollectArguments arguments, Recorded recorded) {
    try (var stores = Stores.of(Map.of(), folder)) {
      var end =
          new Collecting(arguments, folder.resolve("items.jsonl"), stores, recorded, 300).run();
      assertThat(recorded.end).isEqualTo(end.toJson());
      return end;
    }
  }

  private Map<String, String> digests(String output) {
    var digests = new TreeMap<String, String>();
    try (var files = Files.list(folder.resolve(output))) {
      for (var file : files.toList()) {
        digests.put(String.valueOf(file.getFileName()), Sha256.hex(Files.readAllBytes(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return digests;
  }

  @Test
  void itemsThatFailedAloneAreCountedAndWhatIsNotOfItsBatchIsAnError() throws IOException {
    var _ = collect(into("counted/", null), new Recorded(-1));
    var manifest = Manifest.read(Files.readAllBytes(folder.resolve("counted/manifest.json")));
    var notDone = BATCHES / 7;
    var failed = (int) IntStream.range(0, BATCHES).filter(i -> i % 3 == 2 && i % 7 != 6).count();
    assertThat(manifest.items())
        .isEqualTo(
            new Manifest.Items(
                2 * BATCHES,
                2 * (BATCHES - notDone - failed - 2) + 1,
                2 * failed + 1 + 2,
                2 * notDone));
    assertThat(Files.readAllLines(folder.resolve("counted/errors.jsonl")))
        .anySatisfy(line -> assertThat(line).contains("\"item\":1,", "no such label"))
        .anySatisfy(
            line -> assertThat(line).contains("\"batch\":1,", "ResultInvalid", "the batch has 2"));
  }

  @Test
  void stoppedAfterAnyStepItLeavesTheSameFilesWhenItIsDoneAgain() {
    var quiet = collect(into("quiet/", null), new Recorded(-1));
    assertThat(digests("quiet/")).hasSizeGreaterThan(4).doesNotContainKey(".batches");
    for (var steps = 0; steps <= BATCHES + 1; steps++) {
      var output = "stopped-" + steps + "/";
      var stopped = new Recorded(steps);
      assertThatThrownBy(() -> collect(into(output, null), stopped)).hasMessage("stopped");

      var end = collect(into(output, null), new Recorded(-1));

      assertThat(end.manifest()).isEqualTo(quiet.manifest());
      assertThat(end.lines()).isEqualTo(quiet.lines());
      assertThat(digests(output)).isEqualTo(digests("quiet/"));
    }
  }

  @Test
  void aFileOfAnotherContentIsLeftAloneWhereverItDiffers() throws IOException {
    collect(into("quiet/", null), new Recorded(-1));
    for (var name : List.of("results-00001.jsonl", "errors.jsonl")) {
      var good = Files.readAllBytes(folder.resolve("quiet").resolve(name));
      var shorter = Arrays.copyOf(good, good.length - 1);
      var longer = Arrays.copyOf(good, good.length + 1);
      for (var other : List.of(new byte[0], shorter, longer)) {
        var output = "o" + System.nanoTime() + "/";
        Files.createDirectories(folder.resolve(output));
        Files.write(folder.resolve(output + name), other);

        var end = collect(into(output, null), new Recorded(-1));

        assertThat(end.problem()).isEqualTo(OutputProblem.OutputExists);
        assertThat(end.error()).contains(output + name + " is there already");
        assertThat(folder.resolve(output + name)).hasBinaryContent(other);
        assertThat(folder.resolve(output + "manifest.json")).doesNotExist();
      }
    }
  }

  private record Split(CollectArguments arguments, Map<String, byte[]> records) {}

  /** Of a file of the items 0 to 39, which stand on the lines of results. */
  private Split split(String output) throws IOException {
    var items = new StringBuilder();
    for (var item = 0; item < 2 * BATCHES; item++) {
      items.append(item).append('\n');
    }
    Files.writeString(folder.resolve("in.jsonl"), items);
    var spec = FilesSpec.of(List.of("in.jsonl"));
    var records = new HashMap<String, byte[]>();
    try (var stores = Stores.of(Map.of(), folder)) {
      var sink = new ChunkSink((number, lines) -> records.put(Integer.toString(number), lines));
      var cut = new Splitter(Listing.of(spec, stores), spec, 2, stores).split(sink);
      var end =
          new SplitEnd("", 1, cut.bytes(), cut.items(), cut.batches(), sink.end(), null).toJson();
      records.put(SplitEnd.NAME, end);
      return new Split(
          new CollectArguments(
              output,
              List.of(CollectArguments.Include.ITEM),
              List.of(),
              JOB,
              "BatchesFailed",
              "Some failed.",
              2 * BATCHES,
              BATCHES,
              2,
              spec,
              new CollectArguments.Split(0, Sha256.hex(end)),
              null),
          records);
    }
  }

  @Test
  void itemsThatCanNotBeReadAnyMoreAreSaidAndNoEnd() throws IOException {
    var job = split("changed/");
    assertThatThrownBy(() -> collect(job.arguments(), new Recorded(15, job.records())))
        .hasMessage("stopped");
    assertThat(folder.resolve("changed/results-00000.jsonl")).content().contains("\"input\":7,");
    Files.writeString(folder.resolve("in.jsonl"), "\"another\"\n");

    var end = collect(job.arguments(), new Recorded(-1, job.records()));

    assertThat(end.error()).isNull();
    assertThat(end.remark())
        .contains("items of 18 batches could not be read again")
        .contains("batch 0")
        .contains("in.jsonl");
    assertThat(folder.resolve("changed/results-00000.jsonl"))
        .content()
        .containsPattern("\"unread\":\"in.jsonl [^\"]+\",\"input\":null,")
        .doesNotContain("\"input\":7,");
    assertThat(folder.resolve("changed/manifest.json")).exists();
  }

  @Test
  void aRerunsItemsStandUnderTheNumbersOfTheEarlierJob() throws IOException {
    var records = new HashMap<String, byte[]>();
    var sink = new ChunkSink((number, lines) -> records.put(Integer.toString(number), lines));
    for (var batch = 0; batch < BATCHES; batch++) {
      var carried = "[%d,\"b\"]".formatted(batch).getBytes(UTF_8);
      sink.batch(
          batch, RerunBatch.of(new BatchRef(List.of(), carried), 100 + 10 * batch, 2).toJson());
    }
    var end = new SplitEnd("", 0, 0, 2 * BATCHES, BATCHES, sink.end(), null).toJson();
    records.put(SplitEnd.NAME, end);
    var arguments =
        new CollectArguments(
            "again/",
            List.of(CollectArguments.Include.ITEM),
            List.of(),
            JOB,
            "BatchesFailed",
            "Some failed.",
            2 * BATCHES,
            BATCHES,
            2,
            null,
            new CollectArguments.Split(0, Sha256.hex(end)),
            null,
            false,
            true);

    assertThat(collect(arguments, new Recorded(-1, records)).error()).isNull();

    assertThat(folder.resolve("again/results-00000.jsonl"))
        .content()
        .contains(
            "{\"job\":\"monday\",\"item\":131,\"batch\":3,\"input\":\"b\",\"result\":\"xxx\"}");
    assertThat(folder.resolve("again/errors.jsonl")).content().contains("\"payload\":[2,\"b\"]");
  }

  @Test
  void itemsOfAConfigMapStandWithWhatFailedIfTheyAreWhatTheyWere() throws IOException {
    var lines = "\"a\"\n".repeat(2 * BATCHES);
    Files.writeString(folder.resolve("items.jsonl"), lines);

    assertThat(collect(into("good/", Sha256.hex(lines)), new Recorded(-1)).error()).isNull();
    assertThat(folder.resolve("good/errors.jsonl")).content().contains("\"payload\":[\"a\",\"a\"]");

    Files.writeString(folder.resolve("items.jsonl"), lines.replace('a', 'b'));
    var end = collect(into("bad/", Sha256.hex(lines)), new Recorded(-1));
    assertThat(end.problem()).isEqualTo(OutputProblem.Tampered);
    assertThat(end.error()).contains("ConfigMap", "replaced");
  }
}
