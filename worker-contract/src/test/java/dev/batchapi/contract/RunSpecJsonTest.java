package dev.batchapi.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSpecJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    RunSpec run = run();

    assertThat(RunSpec.read(run.toJson())).isEqualTo(run);
    assertThat(RunSpec.read(new ByteArrayInputStream(run.toJson()))).isEqualTo(run);
  }

  @Test
  void filesAndOutputAreReadBack() throws IOException {
    RunSpec run =
        run()
            .withOutput(new RunSpec.Output("s3://r/", List.of("item")))
            .withFiles(JSON.createObjectNode().put("format", "csv"));

    assertThat(RunSpec.read(run.toJson())).isEqualTo(run);
    assertThat(new String(run.toJson(), UTF_8))
        .endsWith(
            ",\"files\":{\"format\":\"csv\"},\"output\":{\"path\":\"s3://r/\",\"include\":[\"item\"]}}");
  }

  @Test
  void aRateLimitIsReadBack() throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(run().toJson());
    json.putObject("rateLimit").put("perSecond", 0.5).put("burst", 7);
    RunSpec run = RunSpec.read(JSON.writeValueAsBytes(json));

    assertThat(run.rateLimit()).isEqualTo(new RunSpec.RateLimit(0.5, 7));
    assertThat(new String(run.withFiles(JSON.createObjectNode()).toJson(), UTF_8))
        .endsWith(",\"files\":{},\"rateLimit\":{\"perSecond\":0.5,\"burst\":7}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"perSecond":0,"burst":1}     | : perSecond is 0.0, 0.001 to 100000
          {"perSecond":"5","burst":1}   | .perSecond: must be a number
          {"perSecond":1,"burst":0}     | : burst is 0, at least 1
          {"perSecond":1}               | .burst: is missing
          {"perSecond":1,"burst":1.5}   | .burst: must be a whole number
          {"perSecond":1,"burst":2000000} | : burst is 2000000, at most 1000000
          """)
  void aWrongRateLimitIsNamed(String value, String message) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(run().toJson());
    json.set("rateLimit", JSON.readTree(value));

    assertThatThrownBy(() -> RunSpec.read(JSON.writeValueAsBytes(json)))
        .isInstanceOf(RunSpecException.class)
        .hasMessage("the run is wrong at rateLimit" + message);
  }

  @Test
  void whatIsNotSetIsNotWrittenAndReadBackAsNull() {
    var run =
        new RunSpec(
            new RunSpec.Job("u", "j", "ns", "a", 1, "2026-01-31T12:00:00Z"),
            new RunSpec.Handler(RunSpec.Language.JAVA, null, false, "Handler", List.of("x.jar")),
            JSON.createObjectNode(),
            1,
            1,
            1,
            new RunSpec.Retry(1, 0, 0),
            new RunSpec.Timeouts(null, null, null),
            null,
            new RunSpec.Metrics(null, null, Map.of()));

    assertThat(new String(run.toJson(), UTF_8))
        .isEqualTo(
            """
            {"job":{"uid":"u","name":"j","namespace":"ns","apiName":"a","workers":1,\
            "startTime":"2026-01-31T12:00:00Z"},\
            "handler":{"language":"java","inCodeFolder":false,"className":"Handler",\
            "classpath":["x.jar"],"results":"Item","concurrency":1},\
            "config":{},"batchSize":1,"items":1,"totalBatches":1,\
            "retry":{"maxAttempts":1,"initialBackoffSeconds":0,"maxBackoffSeconds":0},\
            "timeouts":{},"metrics":{"tags":{}}}""");
    assertThat(RunSpec.read(run.toJson())).isEqualTo(run);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /job/wrokers             | 1        | job.wrokers: unknown field
          /job/uid                 | null     | job.uid: must not be null
          /job/uid                 | 7        | job.uid: must be text
          /job/workers             | "8"      | job.workers: must be a whole number
          /job/workers             | 1.5      | job.workers: must be a whole number
          /job/workers             | 0        | job: workers is 0, at least 1
          /job/startTime           | "monday" | job: startTime is "monday", no time such as 2026-01-31T12:00:00Z
          /handler/language        | "ruby"   | handler.language: "ruby" is none of python, java
          /handler/inCodeFolder    | "true"   | handler.inCodeFolder: must be true or false
          /handler/classpath       | "x.jar"  | handler.classpath: must be a list
          /handler/classpath       | [1]      | handler.classpath[0]: must be text
          /config                  | []       | config: must be an object
          /retry                   | []       | retry: must be an object
          /retry/maxAttempts       | 0        | retry: maxAttempts is 0, at least 1
          /retry/maxBackoffSeconds | 0        | retry: maxBackoffSeconds is 0, at least 1
          /timeouts/batchSeconds   | 0        | timeouts: batchSeconds is 0, at least 1
          /maxFailedBatches        | "1%"     | maxFailedBatches: must be a whole number
          /metrics/flavour         | "statsd" | metrics.flavour: "statsd" is none of prometheus, datadog
          /metrics/tags/team       | 5        | metrics.tags.team: must be text
          """)
  void aWrongFieldIsNamed(String pointer, String value, String message) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(run().toJson());
    int last = pointer.lastIndexOf('/');
    ((ObjectNode) json.at(pointer.substring(0, last)))
        .set(pointer.substring(last + 1), JSON.readTree(value));

    assertThatThrownBy(() -> RunSpec.read(JSON.writeValueAsBytes(json)))
        .isInstanceOf(RunSpecException.class)
        .hasMessage("the run is wrong at " + message);
  }

  @ParameterizedTest
  @CsvSource({
    "'', job",
    "'', config",
    "'', items",
    "/job, uid",
    "/handler, className",
    "/metrics, tags"
  })
  void aMissingFieldIsNamed(String parent, String field) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(run().toJson());
    ((ObjectNode) json.at(parent)).remove(field);
    String path = parent.isEmpty() ? field : parent.substring(1) + "." + field;

    assertThatThrownBy(() -> RunSpec.read(JSON.writeValueAsBytes(json)))
        .isInstanceOf(RunSpecException.class)
        .hasMessage("the run is wrong at " + path + ": is missing");
  }

  @Test
  void countsThatDoNotAddUpAreRefused() throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(run().toJson());
    json.put("items", 13);

    assertThatThrownBy(() -> RunSpec.read(JSON.writeValueAsBytes(json)))
        .isInstanceOf(RunSpecException.class)
        .hasMessage("the run is wrong: totalBatches is 3, but 13 items in batches of 4 make 4");
  }

  @ParameterizedTest
  @CsvSource({"''", "'{'", "'[]'", "'null'", "'not json'", "'{} {}'"})
  void whatIsNoRunIsRefused(String text) {
    assertThatThrownBy(() -> RunSpec.read(text.getBytes(UTF_8)))
        .isInstanceOf(RunSpecException.class)
        .hasMessageStartingWith("the run is");
  }

  @Test
  void aStreamThatBreaksIsAnErrorOfItsOwn() {
    var broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk on fire");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return read();
          }
        };

    assertThatThrownBy(() -> RunSpec.read(broken))
        .isInstanceOf(RunSpecException.class)
        .hasMessage("the run cannot be read: disk on fire");
  }

  private static RunSpec run() throws IOException {
    return new RunSpec(
        new RunSpec.Job("uid-1", "monday", "vision", "tagger", 8, "2026-01-31T12:00:00Z"),
        new RunSpec.Handler(RunSpec.Language.PYTHON, "handler.py", true, "Handler", List.of()),
        (ObjectNode)
            JSON.readTree("{\"threshold\":0.5,\"nothing\":null,\"deep\":{\"nothing\":null}}"),
        4,
        10,
        3,
        new RunSpec.Retry(3, 1, 60),
        new RunSpec.Timeouts(900, 300, null),
        1,
        new RunSpec.Metrics("here:9125", MetricsFlavour.DATADOG, Map.of("team", "vision")));
  }
}
