package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.results.Manifest;
import dev.batchapi.queue.End.Verdict;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a run decides what may follow it. */
class ResultFolderTest {
  private static final StoppedRun RUN = new StoppedRun("default", "job", "uid", 2, 1, "count");

  @TempDir private Path folder;

  @Test
  void whatIsDifferentIsNamed() {
    assertThatThrownBy(
            () -> RUN.refuseAnother(folder, new StoppedRun("other", "job", "uid", 2, 1, "count")))
        .hasMessageContaining("was in namespace \"default\", and this is in namespace \"other\"");
    assertThatThrownBy(
            () -> RUN.refuseAnother(folder, new StoppedRun("other", "its", "uid", 2, 1, "count")))
        .hasMessageContaining("was of job \"job\", and this is job \"its\"");
  }

  @Test
  void onlyACompleteJobLeavesNothingToDo() throws Exception {
    for (var verdict : Verdict.values()) {
      var place = folder.resolve(verdict.name());
      // As when the run is cancelled, or its time is over, while on_job_complete runs.
      end(place, verdict);
      assertThat(ResultFolder.manifestOfWholeRun(place) != null)
          .as(verdict.name())
          .isEqualTo(verdict == Verdict.Complete);
      if (verdict != Verdict.Complete) {
        ResultFolder.resumed(place, false).close();
      }
    }
  }

  @Test
  void tidyingThatIsStoppedLeavesNoRunWithoutItsOutcomes() throws Exception {
    var place = folder.resolve("out");
    // Stops the tidying: no folder is expected there.
    Files.createDirectories(place.resolve(".batches/x/y"));
    assertThatThrownBy(() -> end(place, Verdict.Complete))
        .isInstanceOf(DirectoryNotEmptyException.class);
    assertThat(ResultFolder.manifestOfWholeRun(place)).isNotNull();
    assertThatThrownBy(() -> ResultFolder.resumed(place, false))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no run that was stopped");
  }

  private static void end(Path place, Verdict verdict) throws IOException {
    try (var results = ResultFolder.of(place, false)) {
      results.begin(RUN);
      results.publish(
          new Manifest(
              new Manifest.Job("default", "job", "uid", "api"),
              verdict.name(),
              "",
              Manifest.Items.of(2, 2, 0),
              new Manifest.Batches(2, 2, 0, 0),
              List.of()));
    }
  }
}
