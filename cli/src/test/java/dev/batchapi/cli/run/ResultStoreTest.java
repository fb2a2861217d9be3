package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.results.Manifest;
import dev.batchapi.queue.End.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store gets is final; the store is a folder of this machine here. */
class ResultStoreTest {
  private static final Manifest.Job JOB = new Manifest.Job("default", "job", "uid", "api");

  @TempDir private Path folder;

  @Test
  void onlyARunWhoseBatchesAreAllDoneIsWrittenToTheStore() throws Exception {
    for (var verdict : Verdict.values()) {
      var store = folder.resolve(verdict.name());
      Path kept;
      String said;
      try (var results = ResultStore.of(store + "/")) {
        kept = results.folder();
        results.take(JOB);
        said = results.add(endedAs(verdict));
      }
      var whole = verdict.isOfAllBatches();
      assertThat(Files.exists(store.resolve(Manifest.NAME))).as(said).isEqualTo(whole);
      assertThat(Files.exists(kept)).as(said).isEqualTo(!whole);
      assertThat(store.resolve(".batches/owner.json")).doesNotExist();
      if (!whole) {
        assertThat(said).contains(verdict.name(), "--resume " + kept + " --results " + store);
        Files.delete(kept);
      }
    }
  }

  private static Manifest endedAs(Verdict verdict) {
    return new Manifest(
        JOB,
        verdict.name(),
        "",
        Manifest.Items.of(2, 1, 0),
        new Manifest.Batches(2, 1, 0, 1),
        List.of());
  }
}
