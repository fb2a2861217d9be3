package dev.batchapi.runtime.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import dev.batchapi.runtime.protocol.Items;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch past its deadline is ended where it stands, before its process is. */
@Timeout(60)
class DeadlineIT {
  private static final String HANG = "Thread.sleep(100_000);";

  @TempDir Path folder;

  @Test
  void aBatchIsEndedWhereItHangsAndTheNextOneFindsTheSameProcess() throws Exception {
    try (var host =
        started(
            """
            public class Handler implements BatchHandler<Integer, Object> {
              public Object handleBatch(List<Integer> payload, BatchContext batch) throws Exception {
                if (payload.contains(13)) hangs();
                return payload;
              }
              static void hangs() throws Exception { Thread.sleep(100_000); }
            }
            """,
            1)) {
      send(host, "[13]");
      var error = host.worker().failed();
      assertThat(error.reason()).isEqualTo(Reason.TimedOut);
      assertThat(error.type()).isEqualTo("TimedOut");
      assertThat(error.message()).contains("timeouts.batchSeconds", "where its stack says");
      assertThat(error.stack())
          .contains("at Handler.hangs(Handler.java:", "at Handler.handleBatch(")
          .doesNotContain("dev.batchapi");
      assertThat(host.worker().resultOf("[1]")).isEqualTo("[1]");
    }
  }

  @Test
  void whatIsDoneInTimeOrEndsByItselfIsNoFailure() throws Exception {
    try (var host =
        started(
            """
            public class Handler implements BatchHandler<Integer, Object> {
              public Object handleBatch(List<Integer> payload, BatchContext batch) {
                try { Thread.sleep(100_000); } catch (InterruptedException e) { return List.of("late"); }
                return payload;
              }
            }
            """,
            1)) {
      send(host, "[1]");
      assertThat(host.worker().result()).isEqualTo("[\"late\"]");
    }
  }

  @Test
  void anItemThatHangsCostsTheOthersNeitherTheirResultsNorAnAttempt() throws Exception {
    for (int concurrency : new int[] {1, 2}) {
      try (var host = items("if (item == 1) " + HANG + " return item;", concurrency)) {
        send(host, "[0, 1, 1, 3, 4]");
        var answer = answer(host);
        assertThat(error(answer, 1).reason()).isEqualTo(Reason.TimedOut);
        assertThat(error(answer, 1).stack()).contains("at Handler.handle(");
        assertThat(error(answer, 4).reason()).isEqualTo(Reason.NotBegun);
        assertThat(answer.errors()).doesNotContainKey(0);
        assertThat(new String(answer.results(), UTF_8)).isEqualTo("[0,null,null,null,null]");
        assertThat(host.worker().resultOf("[5, 6]")).isEqualTo("[5,6]");
      }
    }
  }

  @Test
  void anItemThatIgnoresItBreaksTheProcessAndSaysWhereItStood() throws Exception {
    try (var host =
        items(
            "while (item == 1) try { Thread.sleep(100_000); } catch (InterruptedException e) { } return item;",
            2)) {
      send(host, "[1, 1]");
      var error = host.worker().failed();
      assertThat(error.reason()).isEqualTo(Reason.WorkerBroken);
      assertThat(error.stack()).contains("at Handler.handle(");
    }
  }

  @Test
  void norDoesItCostTheOthersAnything() throws Exception {
    try (var host =
        items(
            "while (item == 1) try { Thread.sleep(100_000); } catch (InterruptedException e) { } return item;",
            2)) {
      send(host, "[0, 1, 2, 1, 4]");
      var answer = answer(host);
      assertThat(error(answer, 1).reason()).isEqualTo(Reason.WorkerBroken);
      assertThat(error(answer, 1).stack()).contains("at Handler.handle(");
      assertThat(error(answer, 4).reason()).isEqualTo(Reason.NotBegun);
      assertThat(new String(answer.results(), UTF_8)).isEqualTo("[0,null,2,null,null]");
    }
  }

  /** What is replaced then is its process: by the worker, and no answer may come after that. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "public class Handler implements BatchHandler<Integer, Object> { public Object handleBatch(List<Integer> payload, BatchContext batch) { return stubborn(); }",
        "public class Handler implements ItemHandler<Integer, Object> { public Object handle(Integer item, ItemContext context) { return stubborn(); }",
        "public class Handler implements BatchHandler<Integer, Object> { public Object handleBatch(List<Integer> payload, BatchContext batch) { return List.of(new R()); }"
            + " public static class R { public Object getSlow() { return stubborn(); } }",
      })
  void whatNoInterruptEndsIsGivenUpAndSaysWhereItStands(String handler) throws Exception {
    try (var host =
        started(
            handler
                + """
                  static Object stubborn() {
                    long end = System.nanoTime() + 4_000_000_000L;
                    while (System.nanoTime() < end) {
                      try { Thread.sleep(100_000); } catch (InterruptedException e) { }
                      while (System.nanoTime() < end) { Thread.onSpinWait(); }
                    }
                    return "late";
                  }
                }
                """,
            1)) {
      send(host, "[1]");
      var error = host.worker().failed();
      assertThat(error.reason()).isEqualTo(Reason.WorkerBroken);
      assertThat(error.type()).isEqualTo("TimedOut");
      assertThat(error.stack()).contains("at Handler.stubborn(").doesNotContain("dev.batchapi");
      host.worker().channel().write(FrameType.REPLACE);
      assertThat(host.exit()).isEqualTo(75);
    }
  }

  @Test
  void aResultThatIsReadForTooLongIsEndedToo() throws Exception {
    try (var host =
        started(
            """
            public class Handler implements BatchHandler<Integer, Object> {
              public Object handleBatch(List<Integer> payload, BatchContext batch) {
                return payload.contains(13) ? new R() : payload;
              }
              public static class R {
                public Object getSlow() throws Exception { Thread.sleep(100_000); return 1; }
              }
            }
            """,
            1)) {
      send(host, "[13]");
      var error = host.worker().failed();
      assertThat(error.reason()).isEqualTo(Reason.TimedOut);
      assertThat(error.stack()).contains("at Handler$R.getSlow(");
      assertThat(host.worker().resultOf("[1]")).isEqualTo("[1]");
    }
  }

  private static void send(HostInThisJvm host, String payload) throws Exception {
    var deadline = Instant.now().plus(Duration.ofMillis(500)).toEpochMilli();
    host.worker().send(0, 1, deadline, payload);
  }

  private static Items answer(HostInThisJvm host) throws Exception {
    return Items.decode(host.worker().channel().read().expect(FrameType.ITEMS));
  }

  private static HandlerError error(Items answer, int item) {
    return Objects.requireNonNull(answer.errors().get(item));
  }

  private HostInThisJvm items(String body, int concurrency) throws Exception {
    return started(
        """
        public class Handler implements ItemHandler<Integer, Object> {
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
    assertThat(host.worker().ready()).isNotNull();
    return host;
  }
}
