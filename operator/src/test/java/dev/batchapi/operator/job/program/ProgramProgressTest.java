package dev.batchapi.operator.job.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramProgressTest {
  @ParameterizedTest
  @CsvSource({
    "0, 10, 0",
    "5, 10, 50",
    "10, 10, 99",
    "1, 3, 33",
    "0, 0, 0",
    "9223372036854775807, 9223372036854775807, 99"
  })
  void itIsNeverSaidToBeDoneByWhoIsAtIt(long done, long all, int percent) {
    assertThat(ProgramProgress.percent(done, all)).isEqualTo(percent);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "1023, 1023 bytes",
    "1024, 1.0 KiB",
    "5368709120, 5.0 GiB",
    "9223372036854775807, 8.0 EiB"
  })
  void bytesAreSaidForPeople(long bytes, String said) {
    assertThat(ProgramProgress.size(bytes)).isEqualTo(said);
  }

  @Test
  void oneThatSaysNothingForMinutesIsTalkedAbout() {
    var said = Instant.parse("2026-01-01T08:00:00Z");
    var progress = new ProgramProgress("It works", 1, said);

    assertThat(progress.quiet(said.plusSeconds(119))).isEmpty();
    assertThat(progress.quiet(said.plusSeconds(190))).get().asString().contains("3 minutes");
    assertThat(new ProgramProgress("It works", 1, null).quiet(said)).isEmpty();
  }
}
