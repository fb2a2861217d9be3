package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadableHeadersTest {
  private static final String BEFORE = "INFO {\"a\":1}\r\nMSG a 1 2\r\nM\n\r\nPING\r\n";
  private static final String BEHIND = "MSG H 1 _R.x 0\r\n\r\n+OK\r\n";

  private static String hmsg(String subjects, String headers, String body) {
    return "HMSG %s %d %d\r\n%s%s\r\n"
        .formatted(subjects, headers.length(), headers.length() + body.length(), headers, body);
  }

  /** What comes out if the server's bytes come by so many, and so many are asked for. */
  private static String read(String sent, int come, int asked) throws IOException {
    var in = new ByteArrayInputStream(sent.getBytes(ISO_8859_1));
    var headers =
        new ReadableHeaders(
            (into, offset, length) -> in.read(into, offset, Math.min(length, come)));
    var out = new ByteArrayOutputStream();
    var buffer = new byte[asked + 1];
    for (int count; (count = headers.read(buffer, 1, asked)) >= 0; ) {
      assertThat(count).isPositive();
      out.write(buffer, 1, count);
    }
    return out.toString(ISO_8859_1);
  }

  private static void assertRead(String sent, String expected) throws IOException {
    for (var come : new int[] {1, 2, 7, 100, 1 << 20}) {
      for (var asked : new int[] {1, 3, 50, 1 << 17}) {
        assertThat(read(sent, come, asked)).isEqualTo(expected);
      }
    }
  }

  @Test
  void whatIsReadableIsLeftAsItIs() throws IOException {
    var sent =
        BEFORE
            + hmsg("out.j.0 1", "NATS/1.0\r\nA: b\r\nA:c\r\n\r\n", "HMSG x 1 9 9\r\n")
            + hmsg("_I.x 2", "NATS/1.0 404 Message Not Found\r\n\r\n", "")
            + hmsg("x 3 $JS.ACK.a", "NATS/1.0\r\n\r\n", "x".repeat(70_000))
            + BEHIND;
    assertRead(sent, sent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "\r\n",
        "NATS/1.0",
        "NATS/1.0\r\nA: b",
        "NATS/9.0\r\nA: b\r\n\r\n",
        "NATS/1.0\r\nno colon\r\n\r\n",
        "NATS/1.0\r\n: b\r\n\r\n",
        "NATS/1.0 x\r\n\r\n",
        "NATS/1.0\r\nA: \u00e9\r\n\r\n",
      })
  void whatIsNotIsLeftOut(String headers) throws IOException {
    assertRead(
        BEFORE + hmsg("out.j.0 1 $JS.ACK.a", headers, "body") + BEHIND,
        BEFORE + hmsg("out.j.0 1 $JS.ACK.a", "NATS/1.0\r\n\r\n", "body") + BEHIND);
  }

  @Test
  void whatTheServerPutsBehindItStays() throws IOException {
    var own = "Nats-Subject: out.j.0\r\nNats-Sequence: 3\r\n";
    assertRead(
        hmsg("_I.x 1", "garbageNats-Stream: OUT\r\nNats-\r\n" + own + "\r\n", "body"),
        hmsg("_I.x 1", "NATS/1.0\r\n" + own + "\r\n", "body"));
  }

  @Test
  void theEndInTheMiddleOfHeadersIsTheConnections() {
    assertThatThrownBy(() -> read("HMSG a 1 20 20\r\nNATS/1.0", 100, 100))
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> read("HMSG a 1 x 20\r\nNATS/1.0", 100, 100))
        .isInstanceOf(IOException.class);
  }
}
