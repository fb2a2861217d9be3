package dev.batchapi.runtime.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import dev.batchapi.runtime.protocol.Items;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Items that fail alone, and handlers of single items. */
@Timeout(60)
class ItemsIT {
  @TempDir Path folder;

  @Test
  void aFailedResultInTheListIsItsItemsFailure() throws Exception {
    try (var host =
        batches(
            "payload.stream().map(i -> i % 2 == 0 ? ItemResult.ok(i) :"
                + " ItemResult.<Integer>failed(new IllegalStateException(\"bad \" +"
                + " i))).toList()")) {
      var answer = host.worker().itemsOf("[0, 1, 2, 3]");
      assertThat(new String(answer.results(), UTF_8)).isEqualTo("[0,null,2,null]");
      assertThat(answer.errors()).containsOnlyKeys(1, 3);
      assertThat(error(answer, 3))
          .extracting(HandlerError::reason, HandlerError::type, HandlerError::message)
          .containsExactly(Reason.HandlerFailed, "java.lang.IllegalStateException", "bad 3");
      assertThat(host.worker().resultOf("[0, 2]")).isEqualTo("[0,2]");
    }
  }

  @Test
  void anItemThatDoesNotFitFailsAlone() throws Exception {
    try (var host = batches("payload.stream().map(i -> List.of(i, batch.items())).toList()")) {
      var answer = host.worker().itemsOf(" [ 10, \"é]\", 12,{\"a\" : [1]} ,14 ] ");
      assertThat(new String(answer.results(), UTF_8))
          .isEqualTo("[[10,[0,2,4]],null,[12,[0,2,4]],null,[14,[0,2,4]]]");
      assertThat(answer.errors()).containsOnlyKeys(1, 3);
      assertThat(error(answer, 1).reason()).isEqualTo(Reason.FatalError);
      assertThat(error(answer, 1).type()).isEqualTo("ItemInvalid");
      assertThat(error(answer, 1).message())
          .isEqualTo(
              "item is the text \"é]\", and must be a whole number from -2147483648 to 2147483647 (java.lang.Integer)");
      assertThat(error(answer, 3).message()).startsWith("item is an object with the field a, ");
      host.worker().send("[\"x\"]");
      assertThat(host.worker().items().errors()).containsOnlyKeys(0);
      assertThat(host.worker().failureOf("{}").message())
          .isEqualTo("payload is an empty object, and must be a list (java.lang.Integer)");
      assertThat(host.worker().failureOf("[1, oops]").message())
          .startsWith("payload can't be read as JSON: ");
    }
    try (var host = batches("Map.of(\"sum\", payload.size())")) {
      assertThat(host.worker().failureOf("[1, \"x\"]").message())
          .startsWith("item is the text \"x\"");
      assertThat(host.worker().resultOf("[1, 2]")).isEqualTo("{\"sum\":2}");
    }
    try (var host = batches("null")) {
      var answer = host.worker().itemsOf("[1, \"x\", 3]");
      assertThat(new String(answer.results(), UTF_8)).isEqualTo("[null,null,null]");
      assertThat(answer.errors()).containsOnlyKeys(1);
    }
  }

  @Test
  void failedItemsAreHandledAgainByTheirPositions() throws Exception {
    try (var host =
        batches("payload.stream().map(i -> List.of(i, batch.attempt(), batch.items())).toList()")) {
      host.worker().again(2, 28, List.of(1, 3), "[10, 11, 12, 13]");
      assertThat(host.worker().result()).isEqualTo("[[11,2,[29,31]],[13,2,[29,31]]]");
    }
  }

  @Test
  void anItemsExceptionMayBeFatal() throws Exception {
    try (var host =
        batches(
            "List.of(new ItemException(\"again\", false), new ItemException(\"never\", true))")) {
      var answer = host.worker().itemsOf("[1, 2]");
      assertThat(error(answer, 0).reason()).isEqualTo(Reason.HandlerFailed);
      assertThat(error(answer, 1).reason()).isEqualTo(Reason.FatalError);
    }
  }

  @Test
  void whatCantBeWrittenFailsItsItemForGood() throws Exception {
    try (var host =
        batches("payload.stream().map(i -> i == 217 ? Double.NaN : (Object) i).toList()")) {
      var payload = new StringBuilder("[0");
      for (int i = 1; i < 500; i++) {
        payload.append(',').append(i);
      }
      var answer = host.worker().itemsOf(payload + "]");
      assertThat(answer.errors()).containsOnlyKeys(217);
      assertThat(error(answer, 217).reason()).isEqualTo(Reason.ResultInvalid);
    }
  }

  @Test
  void moreErrorsThanAnAnswerHasRoomForFailTheBatch() throws Exception {
    try (var host = items("throw new IllegalStateException(\"no such label\");", 1)) {
      var error = host.worker().failureOf("[1" + ",1".repeat(29_999) + "]");
      assertThat(error.reason()).isEqualTo(Reason.HandlerFailed);
      assertThat(error.message()).contains("30,000 items failed", "batchSize", "no such label");
    }
  }

  @Test
  void aListOfAnotherLengthFailsTheBatchWithBoth() throws Exception {
    try (var host = batches("List.of(1, 2)")) {
      var error = host.worker().failureOf("[1, 2, 3]");
      assertThat(error.reason()).isEqualTo(Reason.ResultInvalid);
      assertThat(error.message()).contains("a list of 2 results for 3 items");
    }
  }

  @Test
  void aListLongerThanMemoryIsNotLookedAt() throws Exception {
    try (var host = batches("Collections.nCopies(Integer.MAX_VALUE, 1)")) {
      var error = host.worker().failureOf("[1, 2, 3]");
      assertThat(error.reason()).isEqualTo(Reason.ResultInvalid);
      assertThat(error.message()).contains("a list of 2147483647 results for 3 items");
    }
  }

  @Test
  void anIteratorThatNeverEndsIsTooLarge() throws Exception {
    try (var host = batches("java.util.stream.Stream.generate(() -> 1).iterator()")) {
      var error = host.worker().failureOf("[1, 2, 3]");
      assertThat(error.reason()).isEqualTo(Reason.ResultInvalid);
      assertThat(error.message()).contains("262,144");
    }
  }

  /** What Jackson, or the author's own class, does while one of the results is read. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "throw new RuntimeException() { public String getMessage() { throw new IllegalStateException(); } };"
            + "| can't be written as JSON",
        "throw new AssertionError(\"never\");| never",
        "return new Object() { public Object getMe() { return this; } };| self-reference",
        "return new java.util.concurrent.CompletableFuture<>();| wait for it, as by get()",
        "return java.util.stream.Stream.generate(() -> 1);| collect it, as by toList()",
        "return java.util.stream.Stream.generate(() -> 1).iterator();| 262,144",
      })
  void aResultThatMisbehavesWhenItIsReadFailsItsItemAlone(String body, String said)
      throws Exception {
    try (var host =
        started(
            """
            public class Handler implements ItemHandler<Integer, Object> {
              public Object handle(Integer item, ItemContext context) {
                return item == 1 ? new Odd() : item;
              }
              public static class Odd { public Object getValue() { %s } }
            }
            """
                .formatted(body),
            1)) {
      if (said.startsWith("262")) {
        assertThat(host.worker().failureOf("[0, 1, 2]").message()).contains(said);
        return;
      }
      var answer = host.worker().itemsOf("[0, 1, 2]");
      assertThat(new String(answer.results(), UTF_8)).isEqualTo("[0,null,2]");
      assertThat(error(answer, 1).message()).contains(said);
    }
  }

  @Test
  void anItemThatIsNullIsHandedOver() throws Exception {
    for (int concurrency : new int[] {1, 4}) {
      try (var host = items("return \"\" + item;", concurrency)) {
        assertThat(host.worker().resultOf("[null, 1, null]"))
            .isEqualTo("[\"null\",\"1\",\"null\"]");
      }
      try (var host = items("return item + 1;", concurrency)) {
        var error = error(host.worker().itemsOf("[null, 1]"), 0);
        assertThat(error.type()).isEqualTo("java.lang.NullPointerException");
      }
    }
  }

  @Test
  void whatIsNoListIsTheBatchsOneResult() throws Exception {
    try (var host = batches("Map.of(\"n\", payload.size())")) {
      assertThat(host.worker().resultOf("[1, 2, 3]")).isEqualTo("{\"n\":3}");
      host.worker().again(2, 0, List.of(0, 2), "[1, 2, 3]");
      // Whether that will do for some of a batch's items, the worker knows.
      assertThat(host.worker().result()).isEqualTo("{\"n\":2}");
    }
  }

  @Test
  void itemByItem() throws Exception {
    for (int concurrency : new int[] {1, 4}) {
      try (var host =
          items(
              "if (item == 3) throw new java.util.NoSuchElementException(\"three\"); return"
                  + " List.of(item, context.number(), context.batch().attempt());",
              concurrency)) {
        var answer = host.worker().itemsOf("[0, 1, 2, 3, 4]");
        assertThat(new String(answer.results(), UTF_8))
            .isEqualTo("[[0,0,1],[1,1,1],[2,2,1],null,[4,4,1]]");
        assertThat(answer.errors()).containsOnlyKeys(3);
        assertThat(error(answer, 3).ranMillis()).isNotNegative();
        assertThat(error(answer, 3).stack())
            .contains("at Handler.handle(")
            .doesNotContain("dev.batchapi");
      }
    }
  }

  @Test
  void soManyItemsAtOnceAndTheHandlersClassLoader() throws Exception {
    String body =
        """
        int now = NOW.incrementAndGet();
        MOST.accumulateAndGet(now, Math::max);
        Thread.sleep(20);
        NOW.decrementAndGet();
        return MOST.get() + (Thread.currentThread().getContextClassLoader() == Handler.class.getClassLoader() ? 0 : 100);
        """;
    try (var host = items(body, 8)) {
      var results = host.worker().resultOf("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]");
      assertThat(results).contains("8").doesNotContain("9", "1");
    }
  }

  @Test
  void aThousandItemsAtOnceAndResultsThatAreTooLarge() throws Exception {
    String payload = "[1" + ",1".repeat(999) + "]";
    try (var host = items("Thread.sleep(20); return item;", 1_000)) {
      assertThat(host.worker().resultOf(payload)).isEqualTo(payload);
    }
    try (var host = items("return \"x\".repeat(1_000_000);", 1_000)) {
      var error = host.worker().failureOf("[1, 1, 1]");
      assertThat(error.reason()).isEqualTo(Reason.ResultInvalid);
      assertThat(error.message()).contains("262,144");
    }
  }

  @Test
  void anExceptionThatCantBePrintedFailsItsItemAlone() throws Exception {
    try (var host =
        items(
            "if (item == 1) throw new RuntimeException() { public String getMessage() { throw new"
                + " IllegalStateException(); } public String toString() { throw new"
                + " IllegalStateException(); } }; return item;",
            2)) {
      var answer = host.worker().itemsOf("[0, 1, 2]");
      assertThat(new String(answer.results(), UTF_8)).isEqualTo("[0,null,2]");
      assertThat(error(answer, 1).message()).contains("its message can't be read");
    }
  }

  @Test
  void anItemThatBreaksTheWorkerBreaksIt() throws Exception {
    try (var host = items("throw new WorkerBrokenException(\"the GPU is gone\");", 2)) {
      assertThat(host.worker().failureOf("[1, 2]").reason()).isEqualTo(Reason.WorkerBroken);
    }
  }

  @Test
  void noItemIsBegunBesideOneThatBrokeTheWorker() throws Exception {
    try (var host = items("return NOW.incrementAndGet() + (item == 1 ? broken() : 0);", 1)) {
      assertThat(host.worker().failureOf("[1, 2, 3]").reason()).isEqualTo(Reason.WorkerBroken);
      assertThat(host.worker().resultOf("[4]")).isEqualTo("[2]");
    }
  }

  private static HandlerError error(Items answer, int item) {
    return Objects.requireNonNull(answer.errors().get(item));
  }

  private HostInThisJvm batches(String returned) throws Exception {
    return started(
        """
        public class Handler implements BatchHandler<Integer, Object> {
          public Object handleBatch(List<Integer> payload, BatchContext batch) { return %s; }
        }
        """
            .formatted(returned),
        1);
  }

  private HostInThisJvm items(String body, int concurrency) throws Exception {
    return started(
        """
        public class Handler implements ItemHandler<Integer, Object> {
          static final java.util.concurrent.atomic.AtomicInteger NOW = new java.util.concurrent.atomic.AtomicInteger();
          static final java.util.concurrent.atomic.AtomicInteger MOST = new java.util.concurrent.atomic.AtomicInteger();
          static int broken() { throw new OutOfMemoryError("made up"); }
          public Object handle(Integer item, ItemContext context) throws Exception { %s }
        }
        """
            .formatted(body),
        concurrency);
  }

  private HostInThisJvm started(String handler, int concurrency) throws Exception {
    var host =
        new HostInThisJvm(folder)
            .with(
                "Handler.java", "import dev.batchapi.handler.*;\nimport java.util.*;\n" + handler);
    host.worker().startPerItem("Handler", concurrency);
    var _ = host.worker().ready();
    return host;
  }
}
