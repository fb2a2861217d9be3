package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.run.RunSpec;
import dev.batchapi.runtime.worker.WorkerSettings;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator writes, read by those who run in its pods. */
class WorkerContractTest {
  private static final Map<String, String> CODE = Map.of("handler.py", "class Handler: pass");

  private final FrozenJob job = Given.jobWith("batchSize: 4");
  private final Job workerJob = WorkerJobs.of(job, 0, 0, 0, 0);
  private final WorkerSettings settings =
      WorkerSettings.from(Containers.environment(workerJob, "worker"));

  @TempDir private Path folder;

  @Test
  void theWorkerReadsItsEnvironment() {
    assertThat(settings.natsUrl()).isEqualTo("nats://nats.batchapi-system.svc:4222");
    assertThat(settings.statsd()).contains("statsd-exporter.batchapi-system.svc:9125");
    assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(15));
    assertThat(settings.grace()).isEqualTo(Duration.ofSeconds(50));
    assertThat(settings.hostWait()).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void theWorkerFindsItsRunItsCredentialsAndTheDigest() {
    assertThat(RunSpec.read(mounted("worker", settings.run()).getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(job.run());
    assertThat(settings.runDigest()).contains(Digest.hex(mounted("worker", settings.run())));
    assertThat(mounted("worker", settings.natsCredentials().orElseThrow()))
        .isEqualTo("the credentials");
  }

  @Test
  void theKubeletAsksWhereTheWorkerListens() {
    var worker = Containers.named(workerJob, "worker");

    assertThat(worker.getReadinessProbe())
        .extracting(Probe::getTcpSocket)
        .extracting(socket -> socket.getPort().getStrVal())
        .isEqualTo(worker.getPorts().getFirst().getName());
    assertThat(settings.readyPort()).hasValue(worker.getPorts().getFirst().getContainerPort());
  }

  @Test
  void bothFindTheSocketInTheFolderThatTheyShare() {
    assertThat(option("--socket")).isEqualTo(settings.socket().toString());
    assertThat(mount("handler", settings.socket()).getName())
        .isEqualTo(mount("worker", settings.socket()).getName());
  }

  @Test
  void theHostFindsItsFilesAndTheCode() {
    assertThat(mounted("handler", Path.of(option("--code")).resolve("handler.py")))
        .isEqualTo(CODE.get("handler.py"));
    assertThat(mounted("handler", Path.of(command().get(2))))
        .isEqualTo(Given.HOST.files().get("batchapi_start.py"));
  }

  /** It ends with 70 when it finds no worker, and with 64 when it was called wrongly. */
  @Test
  void thePythonHostReadsItsArguments() throws IOException, InterruptedException {
    var host = "../handler-runtime/src/main/python/batchapi_start.py";
    var arguments = new ArrayList<>(command());
    arguments.set(2, host);
    arguments.set(arguments.indexOf("--socket") + 1, folder.resolve("none.sock").toString());
    arguments.set(arguments.indexOf("--connect-seconds") + 1, "1");

    var process = new ProcessBuilder(arguments).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(70);
  }

  private List<String> command() {
    return Containers.named(workerJob, "handler").getCommand();
  }

  private String option(String name) {
    return command().get(command().indexOf(name) + 1);
  }

  private VolumeMount mount(String container, Path path) {
    return Containers.named(workerJob, container).getVolumeMounts().stream()
        .filter(mount -> path.startsWith(mount.getMountPath()))
        .findFirst()
        .orElseThrow();
  }

  /** What a container finds under a path. */
  private String mounted(String container, Path path) {
    var mount = mount(container, path);
    var file = Path.of(mount.getMountPath()).relativize(path).toString();
    var volume =
        workerJob.getSpec().getTemplate().getSpec().getVolumes().stream()
            .filter(v -> v.getName().equals(mount.getName()))
            .findFirst()
            .orElseThrow();
    return Objects.requireNonNull(content(volume).get(file), file);
  }

  private Map<String, String> content(Volume volume) {
    if (volume.getSecret() != null) {
      var secret = FrozenObjects.credentials(job, "the credentials", Instant.EPOCH);
      assertThat(volume.getSecret().getSecretName()).isEqualTo(secret.getMetadata().getName());
      var bytes = Base64.getDecoder().decode(secret.getData().get("worker.creds"));
      return Map.of("worker.creds", new String(bytes, StandardCharsets.UTF_8));
    }
    var all =
        List.of(
            FrozenObjects.run(job),
            FrozenObjects.code(job, CODE),
            Given.HOST.configMap(job.namespace()));
    return all.stream()
        .filter(c -> c.getMetadata().getName().equals(volume.getConfigMap().getName()))
        .findFirst()
        .orElseThrow()
        .getData();
  }
}
