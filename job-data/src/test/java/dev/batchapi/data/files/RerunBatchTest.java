package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.contract.Payload;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.ReadBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RerunBatchTest {
  private static final int BATCH_SIZE = 4;

  @TempDir private Path folder;

  private static RerunBatch travelled(RerunBatch batch) {
    var read = RerunBatch.read(batch.toJson());
    assertThat(new String(read.toJson(), UTF_8)).isEqualTo(new String(batch.toJson(), UTF_8));
    return read;
  }

  private static RerunBatch whole(Cut cut, int index) {
    var ref = cut.batches.get(index);
    return RerunBatch.of(ref, index * BATCH_SIZE, ref.items());
  }

  private static RerunBatch of(List<RerunBatch.Piece> one, List<RerunBatch.Piece> other) {
    var pieces = new ArrayList<>(one);
    pieces.addAll(other);
    return travelled(new RerunBatch(pieces));
  }

  private static String text(byte @Nullable [] payload) {
    return payload == null ? "" : new String(payload, UTF_8);
  }

  @Test
  void itemsOfSeveralBatchesAreReadFromTheirFilesAndKeepTheirNumbersAndPlaces() throws IOException {
    Cut.write(folder, "a.jsonl", "{\"n\":0}\n\n1.10\n\"zwei\"\n[3]\n4\n5\n");
    Cut.write(folder, "b.csv", "n,t\n6,\"a, b\"\n7,x\n");
    var cut = Cut.of(folder, BATCH_SIZE, "a.jsonl", "b.csv");

    var again =
        of(
            whole(cut, 0).open().only(new int[] {1, 3}),
            whole(cut, 1).open().only(new int[] {0, 2, 3}));

    assertThat(again.numbers()).containsExactly(1, 3, 4, 6, 7);
    assertThat(text(again.read(cut.reader::read).json()))
        .isEqualTo("[1.10,[3],4,{\"n\":\"6\",\"t\":\"a, b\"},{\"n\":\"7\",\"t\":\"x\"}]");
    assertThat(IntStream.range(0, 5).mapToObj(item -> again.source(item, cut.reader)))
        .containsExactly("a.jsonl:3", "a.jsonl:5", "a.jsonl:6", "b.csv:2", "b.csv:3");
    assertThat(again.carried()).isNull();
  }

  @Test
  void itemsThatAreCarriedAreCarriedAloneAndAsTheyAre() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write("0\n10000000000000000000001.0\n\"\\ud800\"\n3\n".getBytes(UTF_8));
    }
    Cut.write(folder, "a.jsonl.gz", packed.toByteArray());
    var cut = Cut.of(folder, BATCH_SIZE, "a.jsonl.gz");

    var again = travelled(new RerunBatch(whole(cut, 0).open().only(new int[] {1, 2})));

    assertThat(text(again.toJson())).doesNotContain(",3]").contains("\"at\":[1,2]");
    assertThat(text(again.carried())).isEqualTo("[10000000000000000000001.0,\"\\ud800\"]");
    assertThat(again.source(1, cut.reader)).isEqualTo("a.jsonl.gz:3");
  }

  @Test
  void aRerunOfARerunKeepsTheNumbersOfTheFirstJob() {
    var carried = new BatchRef(List.of(), "[\"a\",\"b\",\"c\",\"d\"]".getBytes(UTF_8));
    var first = RerunBatch.of(carried, 40, 4);
    var second = travelled(new RerunBatch(first.open().only(new int[] {0, 2, 3})));
    var third = travelled(new RerunBatch(second.open().only(new int[] {0, 2})));

    assertThat(third.numbers()).containsExactly(40, 43);
    assertThat(text(third.carried())).isEqualTo("[\"a\",\"d\"]");
    assertThat(third.source(0, null)).isNull();
  }

  @Test
  void anItemThatCouldNotBeReadStillCanNot() throws IOException {
    Cut.write(folder, "a.jsonl", "1\nno JSON\n");
    var cut = Cut.of(folder, BATCH_SIZE, "a.jsonl");
    var again = travelled(new RerunBatch(whole(cut, 0).open().only(new int[] {0, 1})));

    var items = again.read(cut.reader::read);
    assertThat(text(items.json())).isEqualTo("[1,null]");
    assertThat(items.unreadable()).containsOnlyKeys(1);
    assertThat(items.unreadable().get(1)).contains("a.jsonl, line 2");
  }

  @Test
  void norCanOneThatIsCarried() throws IOException {
    Cut.write(folder, "a.jsonl.gz", Cut.gzip("1\n2\nno JSON\n4\n"));
    var cut = Cut.of(folder, 4, "a.jsonl.gz");
    var first = travelled(new RerunBatch(whole(cut, 0).open().only(new int[] {1, 2, 3})));
    var second = travelled(new RerunBatch(first.open().only(new int[] {1, 2})));

    assertThat(text(first.read(cut.reader::read).json())).isEqualTo("[2,null,4]");
    var items = second.read(cut.reader::read);
    assertThat(text(items.json())).isEqualTo("[null,4]");
    assertThat(items.unreadable()).containsOnlyKeys(0);
    assertThat(items.unreadable().get(0)).contains("a.jsonl.gz, line 3, column 1");
  }

  /** A list of 100,000 that was read again for each of them would take hours. */
  @Test
  @Timeout(20)
  void whatABatchCarriesIsReadOnceHoweverOftenItemsAreTaken() {
    var items = 100_000;
    var list = IntStream.range(0, items).mapToObj(Integer::toString).toList();
    var carried = new BatchRef(List.of(), ("[" + String.join(",", list) + "]").getBytes(UTF_8));
    var opened = RerunBatch.of(carried, 7, items).open();

    for (var item = 0; item < items; item++) {
      var piece = opened.only(new int[] {item}).getFirst();
      assertThat(piece.numbers()[0]).isEqualTo(7 + item);
      assertThat(text(piece.from().payload())).isEqualTo("[" + item + "]");
    }
  }

  @Test
  void itemsAreTakenAcrossPieces() {
    var one = new BatchRef(List.of(), "[\"a\",\"b\"]".getBytes(UTF_8));
    var other = new BatchRef(List.of(), "[\"c\",\"d\",\"e\"]".getBytes(UTF_8));
    var batch =
        of(
            RerunBatch.of(one, 0, 2).open().only(new int[] {0, 1}),
            RerunBatch.of(other, 10, 3).open().only(new int[] {0, 1, 2}));
    var opened = batch.open();

    assertThat(new RerunBatch(opened.only(new int[] {1, 2, 4})).numbers())
        .containsExactly(1, 10, 12);
    assertThat(new RerunBatch(opened.only(new int[] {3})).numbers()).containsExactly(11);
    assertThat(text(new RerunBatch(opened.only(new int[] {0, 4})).carried()))
        .isEqualTo("[\"a\",\"e\"]");
  }

  @Test
  void itIsNeverShorterThanItsLeastBytes() {
    var part = new Part("s3://b/k", "v", 1, 0, 1, 1, 1, null);
    var parts = RerunBatch.of(new BatchRef(List.of(part, part), null), 0, 2);
    var carried = RerunBatch.of(new BatchRef(List.of(), "[1,2]".getBytes(UTF_8)), 0, 2);

    for (var batch : List.of(parts, carried)) {
      var least = batch.pieces().getFirst().leastBytes();
      assertThat((long) batch.toJson().length).isBetween(least, least + 40);
    }
  }

  @Test
  void batchesThatAreTooLargeTogetherAreNotReadToTheirEnd() {
    var first = new BatchRef(List.of(new Part("s3://b/k", "v", 1, 0, 1, 1, 1, null)), null);
    var pieces = new ArrayList<RerunBatch.Piece>();
    for (var number = 0; number < 20; number++) {
      pieces.addAll(RerunBatch.of(first, number, 1).pieces());
    }
    var batch = new RerunBatch(pieces);
    var item = ("[\"" + "x".repeat(400 * 1024) + "\"]").getBytes(UTF_8);
    var read = new ArrayList<BatchRef>();

    assertThatThrownBy(
            () ->
                batch.read(
                    ref -> {
                      read.add(ref);
                      return new ReadBatch(item, 1);
                    }))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("overrides.batchSize");
    assertThat(read).hasSize(3);
  }

  @Test
  void aBatchMayBeAsLargeAsAnyPayload() {
    var item = ("[\"" + "x".repeat(Payload.MAX_BYTES - 4) + "\"]").getBytes(UTF_8);
    var whole = RerunBatch.of(new BatchRef(List.of(), item), 0, 1);

    assertThat(whole.carried()).isEqualTo(item);
  }

  @Test
  void whatIsNoneIsRefused() {
    for (var garbage :
        List.of("[]", "{\"pieces\":[]}", "{\"pieces\":[{\"parts\":[]}]}", "{\"pieces\":[{}]}")) {
      assertThatThrownBy(() -> RerunBatch.read(garbage.getBytes(UTF_8)))
          .isInstanceOf(UncheckedIOException.class);
    }
  }
}
