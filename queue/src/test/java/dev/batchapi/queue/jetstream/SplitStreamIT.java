package dev.batchapi.queue.jetstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.QueueFullException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bounds of stream SPLIT on a real server. */
@Timeout(300)
class SplitStreamIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT.withPatience(PATIENCE);

  /** The owner lists subjects: what there is of them must fit into its memory. */
  @Test
  void aFloodOfRecordsEndsAtTheStreamsBound() throws Exception {
    try (var server = NatsServer.startUnsynced();
        var ledger = JetStreamLedger.connect(server.owner(), SETTINGS);
        var flood = NatsConnection.open(server.owner(), PATIENCE, null);
        var writer = JetStreamSplitWriter.connect(server.splitter("A"), "A", 1, SETTINGS)) {
      for (var i = 0; i < Streams.MOST_SPLIT; i++) {
        flood.connection().publish("split.A." + i + ".x", new byte[0]);
      }
      flood.connection().flush(Duration.ofSeconds(60));
      await().atMost(PATIENCE).until(() -> ledger.splits().written("A") == Streams.MOST_SPLIT);

      assertThatThrownBy(() -> writer.write("late", new byte[0]))
          .isInstanceOf(QueueFullException.class);
      ledger.splits().forget("A");
      writer.write("late", new byte[0]);
      assertThat(ledger.splits().written("A", 1)).isEqualTo(1);
      assertThat(ledger.splits().written("A")).isEqualTo(1);
    }
  }

  @Test
  void theEndOfASplitterIsToldAndNothingElseThatItWrites() throws Exception {
    try (var server = NatsServer.startUnsynced();
        var ledger = JetStreamLedger.connect(server.owner(), SETTINGS);
        var first = JetStreamSplitWriter.connect(server.splitter("A"), "A", 0, SETTINGS);
        var second = JetStreamSplitWriter.connect(server.splitter("B"), "B", 0, SETTINGS)) {
      var told = new LinkedBlockingQueue<String>();
      try (var _ = ledger.onChange(told::add)) {
        first.write("0", new byte[] {1});
        second.write("end", new byte[] {1});
        assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("B");

        first.write("end", new byte[] {1});
        assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("A");
      }
    }
  }

  /** The three streams had all of the server's room to themselves. */
  @Test
  void anUpgradeGivesItTheRoomThatTheOthersHadMoreThanTheyNeed() throws Exception {
    var room = 100L << 20;
    try (var server = NatsServer.startWithRoom(room)) {
      var before =
          new JetStreamSettings(
              SETTINGS.lease(), PATIENCE, 1, room / 4, room * 6 / 10, room / 10, -1);
      try (var _ = JetStreamLedger.connect(server.owner(), before);
          var nats = NatsConnection.open(server.owner(), PATIENCE, null)) {
        nats.management().deleteStream(Subjects.SPLIT);
      }
      try (var _ = JetStreamLedger.connect(server.owner(), SETTINGS.withStorage(room));
          var nats = NatsConnection.open(server.owner(), PATIENCE, null)) {
        var info = nats.management().getStreamInfo(Subjects.SPLIT);
        assertThat(info.getConfiguration().getMaxBytes()).isEqualTo(room / 5);
      }
    }
  }
}
