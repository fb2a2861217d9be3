package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs over files of a volume, whose results go to that volume, in a restricted namespace. */
@ExtendWith(Cluster.class)
final class VolumesIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** By its group the handler, the worker, the splitter and the collector may write to it. */
  private static final String API =
      """
      batchSize: 5
      retry: {maxAttempts: 1}
      storage:
        serviceAccountName: reader
        volumes: [{name: data, mountPath: /data, source: {persistentVolumeClaim: {claimName: data}}}]
        paths: ["/data/in/", "/data/out/"]
      template: {spec: {securityContext: {fsGroup: 2000}}}
      """;

  private static final String FILL =
      """
      import os
      class Handler:
          def handle_batch(self, payload):
              os.umask(0o002)
              os.makedirs("/data/in/odd", exist_ok=True)
              for name, numbers in (("a", range(0, 25)), ("b", range(25, 47))):
                  with open(f"/data/in/{name}.jsonl", "w") as f:
                      f.writelines(f'{{"n": {n}}}\\n' for n in numbers)
              os.symlink("/batchapi/nats/worker.creds", "/data/in/odd/creds.jsonl")
              os.symlink("/data/in/a.jsonl", "/data/in/same.jsonl")
              return None
      """;

  private static final String ECHO =
      "class Handler:\n    def handle_batch(self, payload):\n        return payload\n";

  private static Team user;

  @BeforeAll
  static void begin() {
    user = new Team("volumes");
    var label =
        user.kubectl(
            "label",
            "namespace",
            user.namespace(),
            "--overwrite",
            "pod-security.kubernetes.io/enforce=restricted");
    assertThat(label.code()).as(label.out()).isZero();
    user.applies(
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: reader}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {storageClassName: local, accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
        """);
    user.applies(Team.python("fill", "input: {count: 1}", API, FILL));
    user.completes("fill", 1);
  }

  @AfterAll
  static void end() {
    user.close();
  }

  private static String files(String path, String output) {
    return "workers: 2\ninput: {files: {paths: [\"%s\"]}}\noutput: {path: \"%s\"}"
        .formatted(path, output);
  }

  private static String messageOfTheEndOf(String job) {
    return user.condition(job, "Finished").orElseThrow().message();
  }

  /** What a handler finds in a file of the volume, line by line. */
  private static List<String> read(String job, String file) throws IOException {
    user.applies(
        Team.python(
            job,
            "input: {items: [\"%s\"]}".formatted(file),
            API,
            """
            class Handler:
                def handle_batch(self, payload):
                    return [open(payload[0]).read()]
            """));
    user.completes(job, 1);
    var lines =
        user.kubectl(
            "get", "configmap", job + "-results", "-o", "jsonpath={.data.results\\.jsonl}");
    return JSON.readTree(lines.out()).get("result").asText().lines().toList();
  }

  @Test
  void theFilesOfAVolumeAreReadAndTheResultsWrittenThere() throws IOException {
    user.applies(
        Team.python("all", files("/data/in/[ab].jsonl", "/data/out/$(job_name)/"), API, ECHO));

    var status = user.completes("all", 10).getStatus();

    assertThat(Objects.requireNonNull(status.input()).files()).isEqualTo(2);
    var output = Objects.requireNonNull(status.output());
    assertThat(output.path()).isEqualTo("/data/out/all/");
    assertThat(output.files()).isEqualTo(2);
    var lines = read("read-results", "/data/out/all/results-00000.jsonl");
    assertThat(lines).hasSize(47);
    assertThat(lines.getLast())
        .isEqualTo(
            "{\"job\":\"all\",\"item\":46,\"batch\":9,\"source\":\"/data/in/b.jsonl:22\",\"result\":{\"n\":46}}");
    var manifest =
        JSON.readTree(String.join("\n", read("read-manifest", "/data/out/all/manifest.json")));
    assertThat(manifest.at("/verdict").asText()).isEqualTo("Complete");
    assertThat(StreamSupport.stream(manifest.get("files").spliterator(), false))
        .extracting(file -> file.get("name").asText())
        .containsExactly("results-00000.jsonl", "errors.jsonl");
  }

  @Test
  void aLinkWithinTheFolderIsAFile() {
    user.applies(Team.python("linked", files("/data/in/same.jsonl", "/data/out/l/"), API, ECHO));

    user.completes("linked", 5);
  }

  @Test
  void nobodyReadsThePodsOwnFilesByAPathOrALink() {
    for (var path : List.of("/batchapi/nats/*", "/data/in/../../batchapi/nats/worker.creds")) {
      var job = "path-" + path.length();
      user.applies(Team.python(job, files(path, "/data/out/%s/".formatted(job)), API, ECHO));
      assertThat(user.reasonOfTheEndOf(job)).isEqualTo("InputInvalid");
      assertThat(messageOfTheEndOf(job)).contains("does not lie in a volume", "below /data");
    }
    for (var path : List.of("/data/in/odd/creds.jsonl", "/data/in/odd/*.jsonl")) {
      var job = "link-" + path.length();
      user.applies(Team.python(job, files(path, "/data/out/%s/".formatted(job)), API, ECHO));
      assertThat(user.reasonOfTheEndOf(job)).isEqualTo("InputInvalid");
      assertThat(messageOfTheEndOf(job)).contains("leads out of /data/in by a link");
    }
  }

  @Test
  void whatMayNotBeWrittenToIsSaidBeforeAnythingRuns() {
    user.applies(Team.python("closed", files("/data/in/a.jsonl", "/data/elsewhere/"), API, ECHO));

    assertThat(user.reasonOfTheEndOf("closed")).isEqualTo("OutputInvalid");
    assertThat(user.pods("closed")).isEmpty();
  }

  @Test
  void workersRunUnderTheServiceAccountAndItsTokensAreNotTheHandlers() {
    user.applies(
        Team.python(
            "identity",
            files("/data/in/a.jsonl", "/data/out/identity/"),
            API,
            """
            import os, time
            class Handler:
                def handle_batch(self, payload):
                    if os.path.exists("/batchapi/identity") or os.path.exists("/var/run/secrets"):
                        raise ValueError("a token")
                    time.sleep(3)
                    return None
            """));
    user.awaits("a worker", () -> user.ready("identity") > 0);
    var pod =
        user.pods("identity").stream()
            .filter(p -> p.getMetadata().getLabels().containsKey("batchapi.dev/worker"))
            .findFirst()
            .orElseThrow();

    assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("reader");
    var mounts =
        pod.getSpec().getContainers().stream()
            .filter(
                container ->
                    container.getVolumeMounts().stream()
                        .anyMatch(mount -> mount.getMountPath().equals("/batchapi/identity")))
            .map(container -> container.getName())
            .toList();
    assertThat(mounts).containsExactly("worker");
    user.completes("identity", 5);
  }
}
