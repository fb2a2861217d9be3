package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.runtime.protocol.FrozenFolder;
import dev.batchapi.runtime.protocol.NotFrozenException;
import dev.batchapi.runtime.worker.WorkerSettings;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
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
    assertThat(settings.queuePort()).hasValue(startupPort("worker"));
    assertThat(settings.hostPort()).hasValue(startupPort("handler"));
  }

  private int startupPort(String container) {
    return Containers.named(workerJob, container)
        .getStartupProbe()
        .getTcpSocket()
        .getPort()
        .getIntVal();
  }

  @Test
  void bothFindTheSocketInTheFolderThatTheyShare() {
    assertThat(option("--socket")).isEqualTo(settings.socket().toString());
    assertThat(mount("handler", settings.socket()).getName())
        .isEqualTo(mount("worker", settings.socket()).getName());
  }

  /** Whoever may write ConfigMaps may put others in their place: only what was checked is run. */
  @Test
  void theHostFindsItsFilesAndTheCodeAndKnowsWhatTheyMustBe() throws IOException {
    assertThat(content("handler", "--code-from")).isEqualTo(CODE);
    assertThat(content("handler", "--host-from")).isEqualTo(Given.HOST.files());
    assertThat(mount("handler", Path.of(option("--code")).resolve("x")).getReadOnly()).isNull();
    assertThat(mount("handler", Path.of(option("--host")).resolve("x")).getReadOnly()).isNull();
    for (var frozen : settings.frozen()) {
      var files = content(mount("worker", frozen.folder().resolve("x")));
      var written = written(files);
      var read = new FrozenFolder(written, frozen.digest()).read();
      assertThat(read).hasSameSizeAs(files);
      Files.writeString(written.resolve("other.py"), "evil");
      assertThatThrownBy(() -> new FrozenFolder(written, frozen.digest()).read())
          .isInstanceOf(NotFrozenException.class)
          .hasMessageContaining(written.toString());
    }
    assertThat(settings.frozen())
        .extracting(FrozenFolder::digest)
        .containsExactly(option("--code-digest"), option("--host-digest"));
  }

  private Path written(Map<String, String> files) throws IOException {
    var folder = Files.createTempDirectory(this.folder, "mounted");
    for (var file : files.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
    return folder;
  }

  private Map<String, String> content(String container, String option) {
    return content(mount(container, Path.of(option(option)).resolve("x")));
  }

  private Map<String, String> content(VolumeMount mount) {
    return content(volume(mount));
  }

  /** It ends with 70 when it finds no worker: what was checked has been copied, and was run. */
  @Test
  void thePythonHostReadsItsArguments() throws IOException, InterruptedException {
    var host = PythonHost.read(Path.of("../handler-runtime/python-host"));
    var real =
        Given.job(
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchAPI
            metadata: {name: tagger, namespace: vision}
            spec: {handler: {python: {inline: "class Handler: pass"}}}
            """,
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchJob
            metadata: {name: monday, namespace: vision, uid: 0b5a7c2e-1111-4222-8333-444455556666}
            spec: {apiName: tagger, input: {count: 10}}
            """,
            Map.of(),
            host);
    var arguments =
        new ArrayList<>(Containers.named(WorkerJobs.of(real, 0, 0, 0, 0), "handler").getCommand());
    arguments.replaceAll(argument -> argument.replace("$$(", "$("));
    var copies = new HashMap<String, Path>();
    for (var option : List.of("--code", "--host")) {
      copies.put(option, Files.createTempDirectory(folder, "copy"));
      set(arguments, option, copies.get(option));
    }
    set(arguments, "--code-from", written(CODE));
    set(arguments, "--host-from", written(host.files()));
    set(arguments, "--socket", folder.resolve("none.sock"));
    set(arguments, "--connect-seconds", 1);

    var process = new ProcessBuilder(arguments).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(70);
    assertThat(Objects.requireNonNull(copies.get("--code")).resolve("handler.py")).exists();
  }

  private static void set(List<String> arguments, String option, Object value) {
    arguments.set(arguments.indexOf(option) + 1, value.toString());
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
    return Objects.requireNonNull(content(volume(mount)).get(file), file);
  }

  private Volume volume(VolumeMount mount) {
    return workerJob.getSpec().getTemplate().getSpec().getVolumes().stream()
        .filter(v -> v.getName().equals(mount.getName()))
        .findFirst()
        .orElseThrow();
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
