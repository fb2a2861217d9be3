package dev.batchapi.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * What the operator writes as it is shipped; in a process of its own, for logging is set up once.
 */
class LogLinesTest {

  /** Logs two lines. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      var log = LoggerFactory.getLogger("dev.batchapi.operator.Example");
      try (var _ = MDC.putCloseable("namespace", "vision");
          var _ = MDC.putCloseable("job", "photos-monday");
          var _ = MDC.putCloseable("resource.resourceVersion", "4711")) {
        log.atWarn().addKeyValue("batch", 3).log("https://example.org/ is away");
      }
      log.error("It failed.", new IllegalStateException("so it is"));
    }
  }

  @Test
  void aLineHasTheKeysThatLogPipelinesKnow() throws IOException, InterruptedException {
    var lines = lines();
    var line = new JsonMapper().readTree(lines.getFirst());

    assertThat(StreamSupport.stream(((Iterable<String>) line::fieldNames).spliterator(), false))
        .containsExactlyInAnyOrder(
            "time", "level", "logger", "message", "namespace", "job", "batch");
    assertThat(Instant.parse(line.get("time").asText())).isAfter(Instant.EPOCH);
    assertThat(line.get("time").asText()).hasSize("2026-01-01T00:00:00.000Z".length());
    assertThat(line.get("level").asText()).isEqualTo("WARN");
    assertThat(line.get("logger").asText()).isEqualTo("dev.batchapi.operator.Example");
    assertThat(line.get("namespace").asText()).isEqualTo("vision");
    assertThat(line.get("job").asText()).isEqualTo("photos-monday");
    assertThat(lines.getFirst()).contains("https://example.org/ is away");
  }

  @Test
  void aStackTraceIsInItsLine() throws IOException, InterruptedException {
    var line = new JsonMapper().readTree(lines().getLast());

    assertThat(line.get("stack").asText()).contains("IllegalStateException: so it is");
  }

  private static List<String> lines() throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dlogback.configurationFile="
                    + Path.of("src/main/resources/logback.xml").toAbsolutePath(),
                Program.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var lines = process.inputReader().lines().toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(lines).hasSize(2);
    return lines;
  }
}
