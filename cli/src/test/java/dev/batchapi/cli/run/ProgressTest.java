package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.Counts;
import dev.batchapi.queue.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
  private static final String CLEAR_LINE = "\r\u001b[K";
  private static final String JOB = "a-job-with-a-long-name-of-forty-five-letters";

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 20, 40, 60, 80, 100, 120, 200})
  void aRepaintNeverWraps(int columns) {
    assertThat(shown(JOB, columns, counts(40_000, 1_234, 5_678), Duration.ZERO))
        .startsWith(CLEAR_LINE)
        .doesNotContain("\n")
        .hasSizeLessThan(Math.max(columns, 2) + CLEAR_LINE.length());
  }

  @Test
  void aWideTerminalShowsAllOfIt() {
    assertThat(shown(JOB, 200, counts(40_000, 1_234, 5_678), Duration.ZERO))
        .contains("[####", JOB, "41,234 of 100,000 items (41%)", "1,234 failed")
        .contains("5,678 failed attempts", "4,123/s", "10 s", "about 14 s left");
  }

  @Test
  void oneFailedAttemptIsOne() {
    assertThat(shown("j", 200, counts(40_000, 1_234, 1), Duration.ZERO))
        .contains(", 1 failed attempt,");
  }

  @Test
  void itemsAreCountedAndNotTheirBatches() {
    var style = new Progress.Style(new PrintStream(screen, true, UTF_8), () -> OptionalInt.of(200));
    var counts =
        new Counts(
            3, 1, 0, 0, 2, 7, Optional.empty(), Optional.<Outcome.Kind>empty(), Optional.empty());
    new Progress(style, "j", 1_000, 100, 2, 0)
        .show(counts, Duration.ofSeconds(30), Duration.ofSeconds(40).toNanos());
    assertThat(screen.toString(UTF_8))
        .contains("400 of 1,000 items (40%)", "107 failed", "5.0/s", "40 s", "about 120 s left");
  }

  @Test
  void aNarrowOneShowsHowFarItIs() {
    assertThat(shown(JOB, 40, counts(40_000, 1_234, 5_678), Duration.ZERO))
        .contains("41,234 of 100,000 items (41%)");
  }

  @Test
  void theTimeThatIsLeftCountsTheWaitForAnotherAttempt() {
    assertThat(shown("j", 200, counts(99_999, 0, 1), Duration.ofSeconds(20)))
        .contains("about 20 s left");
    assertThat(shown("j", 200, counts(10_000, 0, 1), Duration.ofSeconds(20)))
        .contains("about 90 s left");
  }

  @Test
  void withoutATerminalThereIsALineNowAndThen() {
    var progress =
        new Progress(Progress.Style.lines(new PrintStream(screen, true, UTF_8)), "j", 100_000, 0);
    progress.show(counts(1, 0, 0), Duration.ZERO, Duration.ofSeconds(1).toNanos());
    assertThat(screen.toString(UTF_8)).isEmpty();
    progress.show(counts(1, 0, 0), Duration.ZERO, Duration.ofSeconds(6).toNanos());
    assertThat(screen.toString(UTF_8)).startsWith("j  1 of 100,000 items (0%)").endsWith("\n");
  }

  private String shown(String job, int columns, Counts counts, Duration backoff) {
    screen.reset();
    var style =
        new Progress.Style(new PrintStream(screen, true, UTF_8), () -> OptionalInt.of(columns));
    new Progress(style, job, 100_000, 0).show(counts, backoff, Duration.ofSeconds(10).toNanos());
    return screen.toString(UTF_8);
  }

  private static Counts counts(int succeeded, int failed, int failedAttempts) {
    return new Counts(succeeded, failed, failedAttempts, 0, Optional.empty(), Optional.empty());
  }
}
