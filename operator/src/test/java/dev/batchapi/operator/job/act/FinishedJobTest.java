package dev.batchapi.operator.job.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class FinishedJobTest {
  private static final String FILES = "{files: {paths: [\"s3://b/*.jsonl\"]}}";

  private static boolean keepsInput(String input, BatchJobStatus.Batches batches, String reason) {
    var job = Serialization.unmarshal("spec: {apiName: a, input: " + input + "}", BatchJob.class);
    var finished =
        new Condition("Finished", Condition.Status.TRUE, reason, "", "2026-01-01T00:00:00Z", 1L);
    var status =
        new BatchJobStatus(
            List.of(finished),
            null,
            batches,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    return FinishedJob.keepsInput(job.getSpec(), status);
  }

  private static BatchJobStatus.Batches failed(int failed) {
    return new BatchJobStatus.Batches(3, 3 - failed, failed, 0);
  }

  @Test
  void whereTheBatchesLieIsKeptOfJobsOfWhichSomethingCanBeRunAgain() {
    assertThat(keepsInput(FILES, failed(1), "TooManyFailures")).isTrue();
    assertThat(keepsInput("{rerun: {job: j}}", failed(1), "Complete")).isTrue();
    assertThat(keepsInput(FILES, failed(0), "Complete")).isFalse();
  }

  /** A splitter looked at the folder of its output, and the operator itself cut its items. */
  @Test
  void ofAJobWithoutFilesNothingIsKept() {
    assertThat(keepsInput("{count: 9}", failed(1), "Complete")).isFalse();
  }

  @Test
  void ofAJobThatNobodyMayRunAgainNothingIsKept() {
    assertThat(keepsInput(FILES, failed(1), "QueueMisused")).isFalse();
    assertThat(keepsInput(FILES, failed(1), "RunTampered")).isFalse();
  }
}
