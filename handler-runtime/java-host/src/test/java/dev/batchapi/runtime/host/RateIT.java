package dev.batchapi.runtime.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import dev.batchapi.runtime.protocol.Items;
import dev.batchapi.runtime.protocol.Want;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Permits of the job's rate limit: who asks for how many, and what is done without. */
@Timeout(60)
class RateIT {
  @TempDir Path folder;

  @Test
  void aBatchWantsAPermitForEachItemBeforeItsCall() throws Exception {
    try (var host = batches("")) {
      host.worker().send("[1, 2, 3]");
      assertThat(host.worker().wanted()).isEqualTo(new Want(3, true));
      assertThat(folder.resolve("called")).doesNotExist();
      host.worker().permit(3, 0);
      assertThat(host.worker().result()).isEqualTo("[1,2,3]");
      assertThat(folder.resolve("called")).exists();
    }
  }

  @Test
  void itemsThatAreTriedAgainWantTheirsAgain() throws Exception {
    try (var host = batches("")) {
      host.worker().again(2, 0, List.of(0, 2), "[1, 2, 3]");
      assertThat(host.worker().wanted()).isEqualTo(new Want(2, true));
      host.worker().permit(2, 0);
      assertThat(host.worker().result()).isEqualTo("[1,3]");
    }
  }

  @Test
  void anItemWantsItsPermitJustBeforeItsCall() throws Exception {
    try (var host = items(1)) {
      host.worker().send("[1, 2]");
      for (int item = 1; item <= 2; item++) {
        assertThat(host.worker().wanted()).isEqualTo(new Want(1, false));
        assertThat(folder.resolve("called-" + item)).doesNotExist();
        host.worker().permit(1, 0);
      }
      assertThat(host.worker().result()).isEqualTo("[1,2]");
    }
  }

  @Test
  void itemsAtOnceGetWhatThereIs() throws Exception {
    try (var host = items(4)) {
      host.worker().send("[0, 1, 2, 3, 4, 5, 6, 7]");
      for (int granted = 0; granted < 8; granted++) {
        assertThat(host.worker().wanted().count()).isBetween(1, 4);
        host.worker().permit(1, 0);
      }
      assertThat(host.worker().result()).isEqualTo("[0,1,2,3,4,5,6,7]");
    }
  }

  @Test
  void aBatchWithoutPermitsIsNotBegun() throws Exception {
    try (var host = batches("")) {
      host.worker().send("[1, 2]");
      assertThat(host.worker().wanted().count()).isEqualTo(2);
      host.worker().permit(0, 0);
      assertThat(host.worker().failed().reason()).isEqualTo(Reason.NotBegun);
      assertThat(folder.resolve("called")).doesNotExist();
      host.worker().send("[1]");
      assertThat(host.worker().wanted().count()).isEqualTo(1);
      host.worker().permit(1, 0);
      assertThat(host.worker().result()).isEqualTo("[1]");
    }
  }

  @Test
  void itemsWithoutPermitsAreNotBegun() throws Exception {
    try (var host = items(2)) {
      host.worker().send("[0, 1, 2]");
      assertThat(host.worker().wanted().count()).isPositive();
      host.worker().permit(0, 0);
      var frame = host.worker().channel().read();
      while (frame.type() == FrameType.WANT) {
        host.worker().permit(0, 0);
        frame = host.worker().channel().read();
      }
      assertThat(frame.type()).isEqualTo(FrameType.ITEMS);
      var answer = Items.decode(frame.body());
      assertThat(new String(answer.results(), UTF_8)).isEqualTo("[null,null,null]");
      assertThat(answer.errors().values())
          .extracting(HandlerError::reason)
          .containsOnly(Reason.NotBegun);
    }
  }

  @Test
  void waitingIsNoTimeOfTheBatch() throws Exception {
    try (var host = batches("")) {
      host.worker().send(0, 1, Instant.now().toEpochMilli() + 1_000, "[1]");
      assertThat(host.worker().wanted().count()).isEqualTo(1);
      Thread.sleep(1_200);
      host.worker().permit(1, Instant.now().toEpochMilli() + 20_000);
      assertThat(host.worker().result()).isEqualTo("[1]");
    }
  }

  @Test
  void theDeadlineHoldsAfterTheWait() throws Exception {
    try (var host = batches("Thread.sleep(60_000);")) {
      host.worker().send(0, 1, Instant.now().toEpochMilli() + 20_000, "[1]");
      assertThat(host.worker().wanted().count()).isEqualTo(1);
      host.worker().permit(1, Instant.now().toEpochMilli() + 300);
      assertThat(host.worker().failed().reason()).isEqualTo(Reason.TimedOut);
    }
  }

  private HostInThisJvm batches(String body) throws Exception {
    return started(
        """
        public class Handler implements BatchHandler<Integer, Object> {
          public Object handleBatch(List<Integer> payload, BatchContext batch) throws Exception {
            Files.writeString(Path.of("%s"), "");
            %s
            return payload;
          }
        }
        """
            .formatted(folder.resolve("called"), body),
        1);
  }

  private HostInThisJvm items(int concurrency) throws Exception {
    return started(
        """
        public class Handler implements ItemHandler<Integer, Object> {
          public Object handle(Integer item, ItemContext context) throws Exception {
            Files.writeString(Path.of("%s" + item), "");
            return item;
          }
        }
        """
            .formatted(folder.resolve("called-")),
        concurrency);
  }

  private HostInThisJvm started(String handler, int concurrency) throws Exception {
    var code = Files.createDirectories(folder.resolve("code"));
    var host =
        new HostInThisJvm(code)
            .with(
                "Handler.java",
                "import dev.batchapi.handler.*;\nimport java.nio.file.*;\nimport java.util.*;\n"
                    + handler);
    host.worker().startRated("Handler", concurrency);
    assertThat(host.worker().ready()).isNotNull();
    return host;
  }
}
