package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The splitter of job A, who speaks to the server directly, tries everything else. */
class SplitterPermissionsIT {
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT.withPatience(Duration.ofSeconds(2));

  private static NatsServer server;
  private static JetStreamLedger ledger;

  private BareClient splitter;

  @BeforeAll
  static void start() {
    server = NatsServer.start();
    ledger = JetStreamLedger.connect(server.owner(), SETTINGS);
  }

  @AfterAll
  static void stop() {
    ledger.close();
    server.close();
  }

  @BeforeEach
  void connect() throws Exception {
    splitter = new BareClient(server.splitter("A"), Subjects.splitterInboxPrefix("A"));
  }

  @AfterEach
  void disconnect() throws Exception {
    splitter.close();
    ledger.splits().forget("A");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "split.B.0.0",
        "split.A.0",
        "split.A.0.0.0",
        "split.A.collect.0",
        "progress.A.collect",
        "progress.A.worker",
        "progress.A.split.0",
        "progress.B.split",
        "$JS.API.DIRECT.GET.PROGRESS.progress.A.split",
        "split.A.999999999.0",
        "split.A.999999999.end",
        "work.A.0",
        "out.A.0",
        "out.B.0",
        "try.A.0",
        "rate.A",
        "wait.A",
        "$JS.API.DIRECT.GET.RATE.rate.A",
        "end.A",
        "$JS.ACK.WORK.A.1.1.1.1.0",
        "$JS.API.CONSUMER.MSG.NEXT.WORK.A",
        "$JS.API.DIRECT.GET.OUT.out.A.0",
        "$JS.API.DIRECT.GET.TRY.try.A.0",
        "$JS.API.DIRECT.GET.SPLIT.split.A.0.0",
        "$JS.API.STREAM.INFO.SPLIT",
        "$JS.API.STREAM.PURGE.SPLIT",
        "$JS.API.STREAM.MSG.DELETE.SPLIT",
        "$JS.API.CONSUMER.CREATE.SPLIT",
        "_INBOX_A.x",
        "_SPLITTER_INBOX_B.x",
        "$SYS.REQ.SERVER.PING"
      })
  void isRefusedToPublish(String subject) throws Exception {
    splitter.publish(subject);
    splitter.awaitRefusal(subject);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ">",
        "split.>",
        "split.A.>",
        "work.>",
        "out.A.>",
        "_INBOX.>",
        "_INBOX_A.>",
        "_SPLITTER_INBOX_B.>"
      })
  void isRefusedToListen(String subject) throws Exception {
    splitter.subscribe(subject);
    splitter.awaitRefusal(subject);
  }

  @Test
  void writesItsOwnRecordsOnce() {
    try (var writer = JetStreamSplitWriter.connect(server.splitter("A"), "A", 1, SETTINGS)) {
      writer.write("0", "first".getBytes(UTF_8));
      writer.write("0", "second".getBytes(UTF_8));
      writer.write("end", "{}".getBytes(UTF_8));
    }
    var splits = ledger.splits();
    assertThat(splits.read("A", 1, "0")).asString(UTF_8).isEqualTo("first");
    assertThat(splits.read("A", 1, "1")).isNull();
    assertThat(splits.written("A", 1)).isEqualTo(2);
    assertThat(splits.written("A", 0)).isZero();
    assertThat(ledger.jobs()).contains("A");
    assertThat(splits.written("A")).isEqualTo(2);
    ledger.remove("A");
    assertThat(splits.written("A", 1)).isZero();
    assertThat(ledger.jobs()).doesNotContain("A");
  }

  /** One that was killed may have said more than the one after it has got done. */
  @Test
  void saysHowFarItIsAndNoOtherSplittersWordIsTakenForIts() {
    var splits = ledger.splits();
    try (var first = JetStreamSplitWriter.connect(server.splitter("A"), "A", 0, SETTINGS);
        var second = JetStreamSplitWriter.connect(server.splitter("A"), "A", 1, SETTINGS)) {
      first.progress("1 of 2".getBytes(UTF_8));
      first.progress("2 of 2".getBytes(UTF_8));
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(splits.splitProgress("A", 0))
                      .extracting(said -> new String(said.body(), UTF_8))
                      .isEqualTo("2 of 2"));
      assertThat(splits.splitProgress("A", 1)).isNull();
      assertThat(splits.collectProgress("A", 0)).isNull();

      second.progress("1 of 2".getBytes(UTF_8));
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> splits.splitProgress("A", 1) != null && splits.splitProgress("A", 0) == null);
    }
    assertThat(splits.written("A")).isZero();
    ledger.remove("A");
    assertThat(splits.splitProgress("A", 1)).isNull();
  }

  @Test
  void whatNoSplitterOfOursWritesIsRemovedWithItsJob() throws Exception {
    splitter.publish("split.A.x.y");
    await().atMost(Duration.ofSeconds(10)).until(() -> ledger.jobs().contains("A"));
    ledger.remove("A");
    assertThat(ledger.jobs()).doesNotContain("A");
  }

  @Test
  void cannotWriteForAnotherJob() {
    try (var writer = JetStreamSplitWriter.connect(server.splitter("A"), "B", 0, SETTINGS)) {
      assertThatThrownBy(() -> writer.write("0", new byte[0]))
          .isInstanceOfAny(QueueUnavailableException.class, QueueAccessException.class);
    }
    assertThat(ledger.splits().written("B", 0)).isZero();
  }
}
