package dev.batchapi.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.metrics.OperatorMetrics;
import dev.batchapi.operator.metrics.Progress;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/operations.md names what an administrator meets: settings, reasons, metrics. */
class OperationsPageTest {
  private static final Path SOURCES = Path.of("src/main");
  private static final Pattern SETTING = Pattern.compile("BATCHAPI_[A-Z_]+");

  private static final Pattern SAMPLE =
      Pattern.compile("^(batchapi_\\w+?)(?:_bucket|_sum|_count|_max)?[{ ]", Pattern.MULTILINE);

  @Test
  void everySettingIsExplained() throws IOException {
    var settings = new TreeSet<String>();
    for (String file :
        new String[] {
          "java/dev/batchapi/operator/OperatorSettings.java",
          "java/dev/batchapi/operator/OperatorMain.java",
          "resources/logback.xml"
        }) {
      settings.addAll(find(SETTING, 0, Files.readString(SOURCES.resolve(file))));
    }

    assertThat(settings).isNotEmpty().allMatch(setting -> page().contains("`" + setting + "`"));
  }

  @Test
  void everyReasonIsExplained() {
    var reasons = new TreeSet<String>();
    Arrays.stream(Reason.values()).map(Enum::name).forEach(reasons::add);
    Arrays.stream(BatchError.Reason.values()).map(Enum::name).forEach(reasons::add);

    assertThat(reasons).allMatch(reason -> page().contains("`" + reason + "`"));
  }

  @Test
  void everyEndHasAReason() {
    for (var verdict : End.Verdict.values()) {
      assertThat(Reason.of(verdict).name()).isEqualTo(verdict.name());
    }
  }

  @Test
  void everyMetricIsExplained() {
    var metrics = new OperatorMetrics();
    metrics.queueConnected(() -> true);
    metrics.leading(() -> true);
    metrics.finished(progress(), "Complete", Duration.ofSeconds(1));
    var names = find(SAMPLE, 1, metrics.scrape());

    assertThat(names).isNotEmpty().allMatch(name -> page().contains("`" + name + "`"));
  }

  private static Progress progress() {
    return new Progress("uid", "team", "api", "Running", 1, 1, 0, 0, 1, 0, 0, 0, 0, "RateLimit");
  }

  private static Set<String> find(Pattern pattern, int group, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group(group))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String page() {
    return read(Path.of("../docs/operations.md"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
