package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.data.files.SplitListener;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlowInputTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @Test
  void aQuickOneSaysNothing() {
    try (var slow = watch(Duration.ofHours(1), "s3://photos/*.jsonl")) {
      slow.reached(new SplitListener.Reached(0, 1, 10, 0));
    }
    assertThat(said()).isEmpty();
  }

  @Test
  void aStoreThatHasSaidNothingIsNamed() {
    try (var slow = watch(Duration.ofMillis(1), "words.jsonl", "s3://photos/*.jsonl")) {
      await().until(() -> said().endsWith("\n"));
      assertThat(said())
          .isEqualTo(
              "Looking at s3://photos/*.jsonl; a store that doesn't answer is asked again for a minute.\n");
      slow.reached(new SplitListener.Reached(0, 1, 10, 0));
      await().until(() -> said().contains("10 items so far"));
    }
  }

  @Test
  void filesThatAreManyOrLargeAreNoSilentStore() {
    try (var slow = watch(Duration.ofMillis(100), "s3://photos/*.jsonl")) {
      slow.found(3);
      slow.reached(new SplitListener.Reached(1, 2_000_000, 10_000, 3));
      await().until(() -> said().endsWith("\n"));
      assertThat(said())
          .isEqualTo(
              "The files of s3://photos/*.jsonl are read and cut into batches before anything runs:"
                  + " 2,000,000 bytes and 10,000 items so far.\n");
    }
  }

  private SlowInput watch(Duration patience, String... paths) {
    return new SlowInput(List.of(paths), patience, new PrintStream(said, true, UTF_8));
  }

  private String said() {
    return said.toString(UTF_8);
  }
}
