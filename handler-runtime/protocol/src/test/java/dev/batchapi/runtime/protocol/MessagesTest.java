package dev.batchapi.runtime.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.handler.JobSpec;
import dev.batchapi.handler.JobSummary;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MessagesTest {
  private static final JobSpec JOB =
      new JobSpec(
          "uid-1",
          "photos-monday",
          "vision",
          "photo-tagger",
          "BatchAPI",
          4,
          Map.of("threshold", 0.5, "labels", List.of("cat", "dog"), "deep", Map.of("n", 3)),
          113,
          Instant.parse("2026-01-01T00:00:00Z"));
  private static final Start START =
      new Start(
          new Start.Handler("java", null, "com.acme.Tagger", List.of("/app/lib/*.jar")),
          JOB,
          Start.Limits.DEFAULT,
          new Start.Metrics(null, "prometheus", Map.of("team", "vision"), List.of("batchapi_")));

  @Test
  void everyMessageReadsWhatItWrote() throws ProtocolException {
    var hello = new Hello(Hello.PROTOCOL, "java", "OpenJDK 25", 4711, true);
    assertThat(Hello.decode(hello.encode())).isEqualTo(hello);
    assertThat(Start.decode(START.encode())).isEqualTo(START);
    var invalid = new Invalid("no class \"Handler\"\nin here");
    assertThat(Invalid.decode(invalid.encode())).isEqualTo(invalid);
    var error = new HandlerError(Reason.FatalError, "ValueError", "né", "a\n\tb");
    assertThat(HandlerError.decode(error.encode())).isEqualTo(error);
    var slow = error.ran(Duration.ofMillis(1200));
    assertThat(HandlerError.decode(slow.encode(500))).isEqualTo(slow).isNotEqualTo(error);
    var metric = new Metric(Metric.Kind.GAUGE, -1.5, "queue_length", Map.of("a", "b"));
    assertThat(Metric.decode(metric.encode())).isEqualTo(metric);
    var lost = new LostPushes(true, List.of(new LostPushes.Loss("value", 3, "g", "NaN")));
    assertThat(LostPushes.decode(lost.encode())).isEqualTo(lost);
    var complete =
        new Complete(
            new JobSummary(
                3,
                2,
                1,
                4,
                List.of("x-2"),
                Optional.of("s3://r/"),
                new JobSummary.Items(30, 20, 10)));
    assertThat(Complete.decode(complete.encode())).isEqualTo(complete);
  }

  @Test
  void startHasTheDocumentedKeys() {
    assertThat(new String(START.encode(), UTF_8))
        .contains("\"protocol\":2", "\"className\":\"com.acme.Tagger\"", "\"file\":null")
        .contains("\"job_id\":\"uid-1\"", "\"job_name\":\"photos-monday\"")
        .contains("\"api_name\":\"photo-tagger\"", "\"total_batch_count\":113")
        .contains("\"start_time\":\"2026-01-01T00:00:00Z\"", "\"result_bytes\":262144")
        .contains("\"error_bytes\":16384", "\"statsd\":null", "\"flavour\":\"prometheus\"")
        .contains("\"reserved_prefixes\":[\"batchapi_\"]");
  }

  @Test
  void startNamesTheFieldThatIsWrong() {
    assertThatThrownBy(() -> Start.decode(start("\"workers\":4", "\"workers\":\"four\"")))
        .hasMessage("START.job_spec.workers must be an integer of 0 to 2147483647, not four");
    assertThatThrownBy(() -> Start.decode(start("\"job_id\"", "\"jobid\"")))
        .hasMessage("START.job_spec.job_id is missing");
    assertThatThrownBy(() -> Start.decode(start("2026-01-01T00:00:00Z", "monday")))
        .hasMessage("START.job_spec.start_time is not a time: monday");
    assertThatThrownBy(() -> Start.decode(start("\"protocol\":2", "\"protocol\":3")))
        .hasMessageContaining("the worker speaks protocol 3, this host 2");
    assertThatThrownBy(() -> Start.decode(start("[\"batchapi_\"]", "[1]")))
        .hasMessageContaining("reserved_prefixes must be a list of strings");
  }

  @Test
  void fieldsOfLaterVersionsAreSkipped() throws ProtocolException {
    assertThat(Start.decode(start("\"protocol\":2", "\"protocol\":2,\"new\":{\"a\":[null]}")))
        .isEqualTo(START);
  }

  @Test
  void garbageIsAProtocolException() {
    for (String garbage : List.of("", "[]", "{", "{}x", "\u0000", "{\"a\":1}{}", "nul")) {
      assertThatExceptionOfType(ProtocolException.class)
          .as(garbage)
          .isThrownBy(() -> Hello.decode(garbage.getBytes(UTF_8)));
      assertThatExceptionOfType(ProtocolException.class)
          .as(garbage)
          .isThrownBy(() -> Handle.decode(garbage.getBytes(UTF_8)));
      assertThatExceptionOfType(ProtocolException.class)
          .as(garbage)
          .isThrownBy(() -> Metric.decode(garbage.getBytes(UTF_8)));
      assertThatExceptionOfType(ProtocolException.class)
          .as(garbage)
          .isThrownBy(() -> LostPushes.decode(garbage.getBytes(UTF_8)));
    }
    assertThatThrownBy(() -> LostPushes.decode(bytes("{'counted':1,'losses':[]}")))
        .hasMessage("LOSSES.counted must be true or false, not 1");
    assertThatThrownBy(() -> LostPushes.decode(bytes("{'counted':true,'losses':[7]}")))
        .hasMessage("LOSSES.losses must be an object, not 7");
    assertThatThrownBy(
            () -> HandlerError.decode(bytes("{'reason':'Bad','type':'','message':'','stack':''}")))
        .hasMessage("an error of unknown reason Bad");
  }

  @Test
  void thePayloadOfHandleIsASliceOfTheBody() throws ProtocolException {
    var handle = new Handle(7, 2, 1_767_225_600_000L, "uid-7", ByteBuffer.wrap(bytes("[1, 2]")));
    ByteBuffer header = handle.header();
    byte[] body = new byte[header.remaining() + handle.payload().remaining()];
    ByteBuffer.wrap(body).put(header).put(handle.payload().duplicate());

    Handle read = Handle.decode(body);

    assertThat(read).isEqualTo(handle);
    assertThat(read.payload().array()).isSameAs(body);
  }

  @Test
  void itemsOfAnEarlierJobKeepItsNumbers() throws ProtocolException {
    var handle =
        new Handle(7, 1, 0, 0, List.of(1), List.of(3, 17), "uid-7", ByteBuffer.wrap(bytes("[1]")));
    var header = handle.header();
    var body = new byte[header.remaining()];
    header.get(body);

    var read = Handle.decode(body);

    assertThat(read.numbers()).containsExactly(3, 17);
    assertThat(read.number(1)).isEqualTo(17);
    assertThat(new Handle(0, 1, 0, "b", ByteBuffer.allocate(0)).number(5)).isEqualTo(5);
  }

  @Test
  void everyCutOfAHandleOrMetricIsRefusedOrShorter() throws ProtocolException {
    byte[] metric = new Metric(Metric.Kind.COUNTER, 1, "m", Map.of("k", "v")).encode();
    for (int length = 0; length < metric.length; length++) {
      byte[] cut = Arrays.copyOf(metric, length);
      assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> Metric.decode(cut));
    }
    assertThatThrownBy(() -> Metric.decode(Arrays.copyOf(metric, metric.length + 1)))
        .hasMessage("METRIC has 1 bytes too many");
    assertThat(Metric.decode(new Metric(Metric.Kind.HISTOGRAM, Double.NaN, "", Map.of()).encode()))
        .extracting(Metric::value)
        .isEqualTo(Double.NaN);
  }

  @Test
  void anErrorIsCutToTheLimitAndKeepsItsMessage() throws ProtocolException {
    for (int limit : List.of(400, 1000, 16 << 10)) {
      var error =
          new HandlerError(
              Reason.HandlerFailed,
              "java.lang.Error",
              "\u0001é\"😀".repeat(5000),
              "\tat first\n" + "\tat x\n".repeat(9000) + "\tat last\n");
      byte[] encoded = error.encode(limit);
      assertThat(encoded.length).isBetween(limit - 16, limit);
      HandlerError cut = HandlerError.decode(encoded);
      assertThat(cut.type()).isEqualTo("java.lang.Error");
      assertThat(cut.message()).endsWith("…").startsWith("\u0001é\"😀");
      assertThat(cut.stack()).startsWith("\tat first\n").contains("…").endsWith("\tat last\n");
    }
    var small = new HandlerError(Reason.HandlerFailed, "E", "m", "s");
    assertThat(HandlerError.decode(small.encode(1000))).isEqualTo(small);
  }

  private static byte[] start(String from, String to) {
    String json = new String(START.encode(), UTF_8);
    assertThat(json).contains(from);
    return json.replace(from, to).getBytes(UTF_8);
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(UTF_8);
  }
}
