package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** What names and tags become on the wire. Unmarked: it passes the nulls that handlers pass. */
@NullUnmarked
class NamesAndTagsIT {
  private final UdpReceiver server = new UdpReceiver();
  private StatsdMetrics metrics = StatsdMetrics.open(server.settings());

  @AfterEach
  void stop() {
    metrics.close();
    server.close();
  }

  private void open(MetricsSettings settings) {
    metrics.close();
    metrics = StatsdMetrics.open(settings);
  }

  private void arrives(String... lines) {
    metrics.flush();
    server.awaitLines(lines);
  }

  @Test
  void whatWouldForgeALineIsReplaced() {
    metrics.increment("a\nevil:1|c", Map.of("k\n|#,:@\t\0", "v|@0.001,a b\r\n\u0000#"));

    arrives("a_evil_1_c:1|c|#k________:v__0.001_a_b____");
    assertThat(metrics.stats().losses())
        .isEqualTo(Map.of(Loss.NAME_CHANGED, 1L, Loss.TAG_CHANGED, 1L));
  }

  @Test
  void whatIsHarmlessStays() {
    metrics.increment("a.b-c_D9", Map.of("url", "http://a:80/x-1.2_ä中"));

    arrives("a.b-c_D9:1|c|#url:http://a:80/x-1.2_ä中");
    assertThat(metrics.stats().losses()).isEmpty();
  }

  @ParameterizedTest
  @NullAndEmptySource
  void aMetricNeedsAName(String name) {
    metrics.increment(name);
    metrics.gauge(name, 1);

    assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.NAME, 2L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "go_goroutines",
        "go.goroutines",
        "process_x",
        "promhttp-x",
        "statsd_exporter_lines_total",
        "up",
        "scrape_duration_seconds",
        "ALERTS",
        "datadog.dogstatsd.client.x"
      })
  void namesOfTheServerAreDropped(String name) {
    metrics.gauge(name, 1);
    metrics.gauge("g", 1);

    arrives("g:1|g");
    assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.NAME, 1L));
  }

  @Test
  void labelsOfTheServerAreRenamed() {
    Map<String, String> tags = new HashMap<>();
    for (String key : Set.of("le", "quantile", "job", "instance", "__name__", "0x")) {
      tags.put(key, "1");
    }
    metrics.histogram("h", 1, tags);

    arrives("h:1|h|#_0x:1,tag___name__:1,tag_instance:1,tag_job:1,tag_le:1,tag_quantile:1");
  }

  @Test
  void emptyAndNullTagsAreLeftOut() {
    Map<String, String> tags = new HashMap<>();
    tags.put(null, "a");
    tags.put("", "b");
    tags.put("c", null);
    tags.put("d", "");
    metrics.increment("n", tags);
    metrics.increment("n", 1, null);
    tags.put("e", "1");
    metrics.increment("n", tags);

    arrives("n:2|c", "n:1|c|#e:1");
    assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.TAG_DROPPED, 2L));
  }

  @Test
  void theOrderOfTagsMakesNoSecondSeries() {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("b", "2");
    tags.put("a", "1");
    metrics.increment("n", tags);
    metrics.increment("n", Map.of("a", "1", "b", "2"));

    arrives("n:2|c|#a:1,b:2");
  }

  @Test
  void aMapMayChangeBetweenCalls() {
    Map<String, String> tags = new HashMap<>();
    for (int i = 0; i < 3; i++) {
      tags.put("i", "v" + i);
      metrics.increment("n", tags);
    }

    arrives("n:1|c|#i:v0", "n:1|c|#i:v1", "n:1|c|#i:v2");
  }

  @Test
  void defaultTagsWinOverTheHandlers() {
    open(server.settings().withTags(Map.of("team", "vision", "api name", "tagger")));
    metrics.increment("n", Map.of("team", "other", "z", "1"));
    metrics.increment("n", Map.of("team", "vision", "z", "1"));

    arrives("n:2|c|#api_name:tagger,team:vision,z:1");
    assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.TAG_CHANGED, 1L));
  }

  @Test
  void thereAreTenTagsAtMost() {
    Map<String, String> tags = new HashMap<>();
    for (char key = 'a'; key <= 'z'; key++) {
      tags.put(String.valueOf(key), "1");
    }
    metrics.increment("n", tags);

    arrives("n:1|c|#a:1,b:1,c:1,d:1,e:1,f:1,g:1,h:1,i:1,j:1");
    assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.TAG_DROPPED, 1L));
  }

  @Test
  void longNamesAndTagsAreCut() {
    metrics.gauge("n".repeat(1_000_000), 1, Map.of("k".repeat(1_000), "𝔸".repeat(1_000_000)));

    arrives("n".repeat(200) + ":1|g|#" + "k".repeat(64) + ":" + "𝔸".repeat(100));
  }

  @Test
  void halfASurrogateIsReplaced() {
    metrics.gauge("g", 1, Map.of("k", "a\ud800b"));

    arrives("g:1|g|#k:a_b");
  }

  @Test
  void theSeriesAreLimitedAndOldOnesStillWork() {
    open(server.settings().withMaxSeries(10));
    for (int i = 0; i < 12; i++) {
      metrics.increment("n", Map.of("i", "" + i));
    }
    metrics.increment("n", Map.of("i", "0"));
    metrics.flush();

    server.awaitSum("n", 11);
    assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.CARDINALITY, 2L));
  }

  @Test
  void aNameHasOneKind() {
    metrics.histogram("h", 1);
    metrics.gauge("h", 1);
    metrics.increment("h_sum", 1);
    metrics.increment("a.b");
    metrics.gauge("a_b", 1);
    metrics.increment("a-b");
    metrics.gauge("a--b", 1);
    metrics.gauge("q", 1);
    metrics.gauge("q_count", 1);

    arrives("h:1|h", "q:1|g", "a.b:1|c", "a-b:1|c");
    assertThat(metrics.stats().lost(Loss.TYPE)).isEqualTo(5);
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"}) // what a raw map lets a handler pass
  void tagsThatAreNoStringsAreWritten() {
    Map raw = new LinkedHashMap<>();
    raw.put(7, true);
    raw.put("list", List.of(1, 2));
    metrics.gauge("g", 1, raw);

    arrives("g:1|g|#_7:true,list:_1__2_");
  }

  @Test
  void aMapThatThrowsIsCounted() {
    Map<String, String> hostile =
        new AbstractMap<>() {
          @Override
          public Set<Entry<String, String>> entrySet() {
            throw new IllegalStateException("no tags today");
          }
        };
    metrics.increment("n", hostile);
    metrics.increment("n", Collections.unmodifiableMap(hostile));

    assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.INTERNAL, 2L));
  }
}
