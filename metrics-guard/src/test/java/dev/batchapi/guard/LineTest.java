package dev.batchapi.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.metrics.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineTest {
  private final SeriesTable table = new SeriesTable(1_000, 1, 60);
  private final Sender sender = new Sender();
  private final Line line = new Line();
  private final SipHash hash = new SipHash(1, 2);

  private @Nullable Reason push(String text) {
    return push(text.getBytes(StandardCharsets.UTF_8));
  }

  private @Nullable Reason push(byte[] text) {
    // In the middle of others, as in a datagram.
    byte[] datagram = new byte[text.length + 20];
    Arrays.fill(datagram, (byte) '|');
    System.arraycopy(text, 0, datagram, 9, text.length);
    Reason reason = line.read(datagram, 9, 9 + text.length);
    return reason != null ? reason : table.push(line, sender, 1);
  }

  static List<EvilLines.Evil> evil() {
    return EvilLines.all();
  }

  @ParameterizedTest
  @MethodSource("evil")
  void whatCouldDoHarmIsRefused(EvilLines.Evil evil) {
    assertThat(push("known_counter:1|c")).isNull();
    assertThat(push("known_histogram:1|h")).isNull();

    assertThat(push(evil.line())).isEqualTo(evil.reason());
    assertThat(push(evil.line())).as("again").isEqualTo(evil.reason());
    assertThat(table.size()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.b-c_D9:1|c",
        "0:1|c",
        "x:-1|g",
        "x:+1.5|g",
        "x:.5|g",
        "x:5.|g",
        "x:-0|c",
        "x:1e-05|h",
        "x:1E+3|ms",
        "x:1e300|h",
        "x:-1000e297|h",
        "x:0e999999|c",
        "x:1e-999999|c",
        "x:320|ms",
        "x:320|ms|@0.1",
        "x:1|c|@1",
        "x:1|c|@1.000",
        "x:1|c|@.5|#a:b",
        "x:1|c|#a:b|@0.001",
        "x:1|h|@0.001",
        "x:1|g|@0.5",
        "x:1:2.5:-3|d|#a:b",
        "x:1|c|#a:b,c:d:e",
        "x:1|c|#url:http://a:80/x-1.2?q=1&r=(2)%20+#@ é中𝔸😀",
        "x:1|c|#k8s.pod-name:a",
        "x:1|c|#0:1",
        "x:1|c|#le_:1,job_id:2,_x:3",
        "x:1|c|#a:b|c:in-5734",
        "x:1|c|c:83c0a99c0a54|#a:b|T1656581400|@0.5",
        "batchapi_metrics_dropped:1|c|#reason:name",
        "gopher:1|c",
        "uptime:1|g",
        "x_sum:1|g"
      })
  void whatIsHarmlessPasses(String text) {
    assertThat(push(text)).isNull();
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void theLongestPasses() {
    String tags = "k".repeat(64) + ":" + "v".repeat(200);
    String text = "n".repeat(200) + ":1|h|#" + tags + ",b:" + "𝔸".repeat(100);
    assertThat(push(text)).isNull();
    assertThat(push("x:" + "0".repeat(1_400 - 4) + "|c")).isNull();
    assertThat(push("x:" + "0".repeat(1_401 - 4) + "|c")).isEqualTo(Reason.LENGTH);
  }

  @Test
  void malformedTextIsRefused() {
    for (int[] bytes :
        List.of(
            new int[] {0x80},
            new int[] {0xc0, 0xaf},
            new int[] {0xc1, 0x81},
            new int[] {0xe0, 0x80, 0xaf},
            new int[] {0xed, 0xa0, 0x80},
            new int[] {0xf0, 0x80, 0x80, 0xaf},
            new int[] {0xf4, 0x90, 0x80, 0x80},
            new int[] {0xf5, 0x80, 0x80, 0x80},
            new int[] {0xff},
            new int[] {0xe4, 0xb8},
            new int[] {0xc3})) {
      byte[] text = "x:1|c|#a:".getBytes(StandardCharsets.UTF_8);
      byte[] whole = Arrays.copyOf(text, text.length + bytes.length);
      for (int i = 0; i < bytes.length; i++) {
        whole[text.length + i] = (byte) bytes[i];
      }
      assertThat(push(whole)).as(Arrays.toString(bytes)).isEqualTo(Reason.TAG);
    }
  }

  @Test
  void theSameSeriesIsOneHoweverItIsSpelled() {
    for (String text :
        List.of(
            "a_b:1|ms|#x_y:1,z:2",
            "a.b:2|h|#z:2,x_y:1",
            "a--b:3|d|@0.5|#x-y:1,z:2",
            "a-b:4:5|h|#z:2,x.y:1|T1")) {
      assertThat(push(text)).isNull();
    }
    assertThat(table.size()).isEqualTo(1);
    assertThat(line.kind()).isEqualTo(Kind.HISTOGRAM);
    assertThat(line.events()).isEqualTo(2);
  }

  @Test
  void anotherValueNameKeyOrKindIsAnotherSeries() {
    List<String> others =
        List.of(
            "a:1|c",
            "a:1|c|#b:1",
            "a:1|c|#b:2",
            "a:1|c|#c:1",
            "a:1|c|#b:1,c:1",
            "ab:1|c",
            "b:1|g",
            "a:1|c|#b:1|c:x",
            "a:1|c|#container_id:x");
    for (String text : others) {
      assertThat(push(text)).isNull();
    }
    assertThat(table.size()).isEqualTo(others.size());
    // The container is a tag of that name.
    assertThat(push("a:1|c|#b:1,container_id:x")).isNull();
    assertThat(table.size()).isEqualTo(others.size());
  }

  @Test
  void aShapeIsNameKindAndKeys() {
    long shape = shape("a:1|c|#b:1,c:2");
    assertThat(shape("a:1|c|#c:9,b:8")).isEqualTo(shape);
    assertThat(shape("a:1|c|#b:1")).isNotEqualTo(shape);
    assertThat(shape("a:1|g|#b:1,c:2")).isNotEqualTo(shape);
  }

  private long shape(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(line.read(bytes, 0, bytes.length)).isNull();
    return line.shape(hash);
  }
}
