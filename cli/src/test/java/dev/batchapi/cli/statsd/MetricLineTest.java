package dev.batchapi.cli.statsd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricLineTest {

  @Test
  void readsEveryPart() {
    assertThat(MetricLine.parse("a.b-c_1:-2.5|h|@0.5|#model:v1,url:http://a:80/x"))
        .contains(
            new MetricLine(
                "a.b-c_1",
                MetricType.HISTOGRAM,
                new TreeMap<>(Map.of("model", "v1", "url", "http://a:80/x")),
                -2.5,
                true,
                2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:1|c",
        "a:1|c|#k:v|card:low|c:in-42|e:it-false",
        "a:0|g",
        "a:+1|g",
        "a:-1.25|ms",
        "a:1|d",
        "a:1|h|@1",
        "a:1|c|#k:ä中𝔸",
        "a:1|c|#_1:x"
      })
  void readsWhatIsWellFormed(String line) {
    assertThat(MetricLine.parse(line)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a",
        "a:1",
        ":1|c",
        "a:|c",
        "a:1|",
        "a:1|x",
        "a:1|s",
        "a b:1|c",
        "a:1|c ",
        "a:x|c",
        "a:NaN|c",
        "a:Inf|g",
        "a:1e5|c",
        "a:1.|c",
        "a:.5|c",
        "a:1:2|h",
        "a:1|c|",
        "a:1|c|#",
        "a:1|c|#k",
        "a:1|c|#k:",
        "a:1|c|#:v",
        "a:1|c|#k:v,",
        "a:1|c|#k:v,k:w",
        "a:1|c|#a-b:v",
        "a:1|c|#0:v",
        "a:1|c|@0",
        "a:1|c|@2",
        "a:1|c|@1.5",
        "a:1|c|@-1",
        "a:1|c|@0.5|@0.5",
        "a:1|c|#k:v|@0.5",
        "a:1|c|x:container",
        "a:1|c|#k:v|T12",
        "ä:1|c",
        "a:1|c\r",
        "a:1|c|#k:\t"
      })
  void refusesWhatAServerMightGuessAbout(String line) {
    assertThat(MetricLine.parse(line)).isEmpty();
  }

  @Test
  void aNumberBeyondADoubleIsRefused() {
    assertThat(MetricLine.parse("a:1" + "0".repeat(400) + "|c")).isEmpty();
  }
}
