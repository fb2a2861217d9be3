package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.job.collect.CollectPlans;
import dev.batchapi.queue.End;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each folder below golden is a BatchAPI and a BatchJob, and the Job of its third worker; of a job
 * with an output also that of its third collector.
 */
class WorkerJobsTest {
  private static final End END = new End(End.Verdict.Cancelled, "Cancelled.", Instant.EPOCH);

  static Stream<GoldenFolder> folders() throws IOException {
    return GoldenFolder.all().stream();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void aJobIsAsItWas(GoldenFolder folder) throws IOException {
    var job = job(folder);

    var worker = WorkerJobs.of(job, 2, 1, 3, 40);

    folder.comesOut("out-worker-job.yaml", Given.YAML.asYaml(worker));
    if (job.run().output() != null) {
      var collector = ProgramJobs.of(CollectPlans.of(job, END), 2, 1);
      folder.comesOut("out-collector-job.yaml", Given.YAML.asYaml(collector));
    }
    folder.hasNothingElse();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void itIsTheSameAfterItsPlanWasWrittenAndRead(GoldenFolder folder) {
    var job = job(folder);

    var read = FrozenObjects.read(job.id(), job.digest(), FrozenObjects.run(job));

    assertThat(WorkerJobs.of(read, 2, 1, 3, 40)).isEqualTo(WorkerJobs.of(job, 2, 1, 3, 40));
  }

  private static FrozenJob job(GoldenFolder folder) {
    var code = folder.find("in-code.yaml").map(Given::files).orElse(Map.of());
    var settings =
        folder
            .find("in-socket.txt")
            .map(volume -> Given.withSocket(volume.strip()))
            .orElse(Given.SETTINGS);
    return Given.job(
        folder.in("in-api.yaml"), folder.in("in-job.yaml"), code, Given.HOST, settings);
  }
}
