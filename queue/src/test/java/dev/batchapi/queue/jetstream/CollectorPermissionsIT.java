package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The collector of job A, who speaks to the server directly, tries everything else. */
class CollectorPermissionsIT {
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT.withPatience(Duration.ofSeconds(2));

  private static NatsServer server;
  private static JetStreamLedger ledger;

  private BareClient collector;

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
    collector = new BareClient(server.collector("A"), Subjects.collectorInboxPrefix("A"));
  }

  @AfterEach
  void disconnect() throws Exception {
    collector.close();
    ledger.remove("A");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "split.A.0.0",
        "split.A.0.end",
        "split.A.collect",
        "split.A.collect.0.0",
        "split.B.collect.0",
        "progress.A.split",
        "progress.A.worker",
        "progress.B.collect",
        "$JS.API.DIRECT.GET.PROGRESS.progress.A.collect",
        "work.A.0",
        "out.A.0",
        "out.A.final",
        "try.A.0",
        "rate.A",
        "wait.A",
        "$JS.API.DIRECT.GET.RATE.rate.A",
        "end.A",
        "$JS.ACK.WORK.A.1.1.1.1.0",
        "$JS.API.CONSUMER.MSG.NEXT.WORK.A",
        "$JS.API.DIRECT.GET.OUT.out.B.0",
        "$JS.API.DIRECT.GET.OUT.end.B",
        "$JS.API.DIRECT.GET.OUT",
        "$JS.API.DIRECT.GET.TRY.try.A.0",
        "$JS.API.DIRECT.GET.SPLIT.split.B.0.0",
        "$JS.API.DIRECT.GET.SPLIT",
        "$JS.API.STREAM.INFO.OUT",
        "$JS.API.STREAM.PURGE.OUT",
        "$JS.API.STREAM.MSG.DELETE.SPLIT",
        "$JS.API.STREAM.MSG.GET.OUT",
        "$JS.API.CONSUMER.CREATE.OUT",
        "_INBOX_A.x",
        "_SPLITTER_INBOX_A.x",
        "_COLLECTOR_INBOX_B.x",
        "$SYS.REQ.SERVER.PING"
      })
  void isRefusedToPublish(String subject) throws Exception {
    collector.publish(subject);
    collector.awaitRefusal(subject);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ">",
        "split.>",
        "out.A.>",
        "work.>",
        "_INBOX.>",
        "_INBOX_A.>",
        "_SPLITTER_INBOX_A.>",
        "_COLLECTOR_INBOX_B.>"
      })
  void isRefusedToListen(String subject) throws Exception {
    collector.subscribe(subject);
    collector.awaitRefusal(subject);
  }

  @Test
  void readsItsJobsOutcomesByIndexUpToTheEndAndWritesItsOwnOnce() throws Exception {
    record(130, "130");
    for (var index = 0; index < 300; index += 2) {
      if (index != 130) {
        record(index, Integer.toString(index));
      }
    }
    try (var writer = JetStreamSplitWriter.connect(server.splitter("A"), "A", 3, SETTINGS)) {
      writer.write("end", "split".getBytes(UTF_8));
    }
    try (var mine = JetStreamOutcomes.connect(server.collector("A"), "A", 1, SETTINGS)) {
      assertThatThrownBy(() -> mine.read(300, (index, outcome) -> true))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has no end");
      ledger.end("A", new End(Verdict.Complete, "done", Instant.now()));
      record(299, "late");

      var read = new ArrayList<String>();
      mine.read(
          300,
          (index, outcome) -> {
            read.add(index + "=" + new String(outcome.body(), UTF_8));
            return true;
          });

      var wanted = new ArrayList<String>();
      for (var index = 0; index < 300; index += 2) {
        wanted.add(index + "=" + index);
      }
      assertThat(read).isEqualTo(wanted);
      assertThat(mine.split(3, "end")).asString(UTF_8).isEqualTo("split");
      assertThat(mine.split(3, "0")).isNull();
      mine.progress("half".getBytes(UTF_8));
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> ledger.splits().collectProgress("A", 1) != null);
      assertThat(ledger.splits().collectProgress("A", 0)).isNull();
      assertThat(ledger.splits().splitProgress("A", 1)).isNull();
      mine.end("first".getBytes(UTF_8));
      mine.end("second".getBytes(UTF_8));
    }
    assertThat(ledger.splits().collected("A", 1)).asString(UTF_8).isEqualTo("first");
    assertThat(ledger.splits().collected("A", 0)).isNull();
    ledger.remove("A");
    assertThat(ledger.splits().collected("A", 1)).isNull();
  }

  /** As a worker writes it. */
  private static void record(int index, String result) throws Exception {
    try (var worker = new BareClient(server.worker("A"), Subjects.inboxPrefix("A"))) {
      var body = result.getBytes(UTF_8);
      var headers = OutcomeRecord.headers(Outcome.succeeded(1, body));
      worker.nats().request(Subjects.out("A", index), headers, body).get();
    }
  }

  @Test
  void cannotReadAnotherJob() {
    try (var mine = JetStreamOutcomes.connect(server.collector("A"), "B", 0, SETTINGS)) {
      for (var tried :
          List.<Runnable>of(
              () -> mine.read(1, (index, outcome) -> true),
              () -> mine.split(0, "end"),
              () -> mine.end(new byte[0]))) {
        assertThatThrownBy(tried::run)
            .isInstanceOfAny(QueueUnavailableException.class, QueueAccessException.class);
      }
    }
    assertThat(ledger.splits().collected("B", 0)).isNull();
  }
}
