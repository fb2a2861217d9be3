package dev.batchapi.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutgoingTest {
  private final Outgoing outgoing = new Outgoing(1_000, 64);
  private final Sender one = new Sender();
  private final Sender other = new Sender();
  private final Reluctant exporter = new Reluctant();

  /** Takes so many bytes and no more. */
  private static final class Reluctant implements WritableByteChannel {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private int appetite;

    @Override
    public int write(ByteBuffer source) {
      int count = Math.min(appetite, source.remaining());
      for (int i = 0; i < count; i++) {
        taken.write(source.get());
      }
      appetite -= count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}

    String text() {
      return taken.toString(StandardCharsets.UTF_8);
    }
  }

  private boolean put(Sender sender, int events, String... lines) {
    if (!outgoing.begin(String.join("\n", lines).length() + 1)) {
      return false;
    }
    for (String line : lines) {
      byte[] bytes = ("xx" + line).getBytes(StandardCharsets.UTF_8);
      outgoing.add(bytes, 2, bytes.length, events);
    }
    return outgoing.commit(sender);
  }

  private void takes(int bytes) throws IOException {
    exporter.appetite = bytes;
    outgoing.write(exporter);
  }

  @Test
  void whatIsTakenPiecemealArrivesInOrder() throws IOException {
    Random random = new Random(3);
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      String line = "n" + i + ":1|c";
      if (put(random.nextBoolean() ? one : other, 1 + random.nextInt(3), line)) {
        expected.append(line).append('\n');
      }
      takes(random.nextInt(20));
    }
    takes(100_000);

    assertThat(exporter.text()).isEqualTo(expected.toString());
    assertThat(expected.length()).isGreaterThan(30_000);
    assertThat(outgoing.size()).isZero();
    assertThat(one.queued).isZero();
    assertThat(other.queued).isZero();
  }

  @Test
  void whileNothingIsTakenEachSenderHasItsShare() throws IOException {
    String line = "x".repeat(99);
    for (int i = 0; i < 20; i++) {
      var _ = put(one, 1, line);
    }
    assertThat(outgoing.size()).as("half of the room").isEqualTo(500);
    assertThat(put(other, 1, line)).isTrue();
    assertThat(put(other, 1, line)).isTrue();
    assertThat(put(other, 1, line)).isTrue();
    assertThat(put(other, 1, line)).as("more than what is left then").isFalse();

    takes(1_000);
    assertThat(put(one, 1, line)).isTrue();
  }

  @Test
  void aLineThatStandsForManyIsWaitedForLikeMany() {
    assertThat(put(one, 200, "x:1|h")).isFalse();
    assertThat(put(one, 50, "x:1|h")).isTrue();
    assertThat(put(one, 50, "x:1|h")).isTrue();
    assertThat(put(one, 50, "x:1|h")).isFalse();
    assertThat(outgoing.size()).isEqualTo(12);
  }

  @Test
  void theLinesOfADatagramStayTogether() {
    assertThat(put(one, 1, "x".repeat(400))).isTrue();
    assertThat(put(one, 1, "g:0|g", "y".repeat(300))).isFalse();
    assertThat(outgoing.size()).isEqualTo(401);
    assertThat(put(one, 1, "g:0|g")).isTrue();
  }

  @Test
  void aLineThatWasHalfTakenIsNotContinuedOnAnotherConnection() throws IOException {
    assertThat(put(one, 1, "abc:1|c", "def:1|c", "ghi:1|c")).isTrue();
    takes(10);
    assertThat(outgoing.dropBrokenLine()).isEqualTo(1);
    assertThat(outgoing.dropBrokenLine()).isZero();

    takes(100);

    assertThat(exporter.text()).isEqualTo("abc:1|c\nde" + "ghi:1|c\n");
    assertThat(one.queued).isZero();
  }

  @Test
  void betweenTwoLinesNothingIsLost() throws IOException {
    assertThat(put(one, 1, "abc:1|c", "def:1|c")).isTrue();
    takes(8);
    assertThat(outgoing.dropBrokenLine()).isZero();
    takes(100);
    assertThat(exporter.text()).isEqualTo("abc:1|c\ndef:1|c\n");
  }
}
