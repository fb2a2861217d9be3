package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJobStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example with calls to a service that fails, hangs and limits its rate, in a cluster. */
@ExtendWith(Cluster.class)
final class LlmCallsIT {
  private static final Path EXAMPLE = Path.of("..", "examples", "llm-calls").toAbsolutePath();

  /** How long a call may take: on a busy machine the example's 3 s are too short for a good one. */
  private static final int CALL_SECONDS = 30;

  private static final Duration PATIENCE = Duration.ofMinutes(6);

  /**
   * The service's own counts are those of the smallest number of calls with which every prompt has
   * its answer: what it answered came through, and nothing was asked again but what failed or hung.
   */
  @ParameterizedTest
  @ValueSource(strings = {"python", "java"})
  void everyPromptHasItsAnswerOrItsErrorAndNoneWasPaidForTwice(String language) throws IOException {
    try (var user = new Team("llm-" + language)) {
      var service = serves(user);
      var job = "llm-" + language;

      user.applies(read("llm-reviews.yaml"));
      user.applies(
          read(job + ".yaml")
              .replace("config: {seconds: 3}", "config: {seconds: %d}".formatted(CALL_SECONDS)));

      assertThat(user.reasonOfTheEndOf(job, PATIENCE)).isEqualTo("ItemsFailed");
      var status = user.job(job).getStatus();
      assertThat(status.items()).isEqualTo(new BatchJobStatus.Items(240, 238, 2));
      var answered = user.resultLines(job, "results").map(line -> line.at("/result/id").asText());
      var refused = user.resultLines(job, "errors").map(line -> line.at("/payload/id").asText());
      assertThat(refused).containsExactly("R-077", "R-178");
      assertThat(Stream.concat(answered, Stream.of("R-077", "R-178")).sorted())
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, 240).mapToObj("R-%03d"::formatted).toList());
      assertThat(service.gets("http://127.0.0.1:8089/", ""))
          .contains("\"answered\": 238", "\"failed\": 9", "\"hung\": 4", "\"refused\": 2");
    }
  }

  /** The example's own server in a pod, and the Secret that names it. */
  private static ProbePod serves(Team user) {
    var code =
        user.kubectl("create", "configmap", "llm-server", "--from-file", EXAMPLE + "/server.py");
    assertThat(code.code()).as(code.out()).isZero();
    user.applies(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          automountServiceAccountToken: false
          terminationGracePeriodSeconds: 0
          securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
          containers:
          - name: server
            image: %s
            command: [python3, /code/server.py, --port, "8089"]
            env: [{name: LLM_HANGS_SECONDS, value: "%d"}]
            readinessProbe: {tcpSocket: {port: 8089}, periodSeconds: 1}
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            volumeMounts: [{name: code, mountPath: /code}]
          volumes: [{name: code, configMap: {name: llm-server}}]
        """
            .formatted(ShippedImages.runtime(), 3 * CALL_SECONDS));
    var ready = user.kubectl("wait", "--for=condition=Ready", "pod/llm", "--timeout=120s");
    assertThat(ready.code()).as(ready.out()).isZero();
    var pod = new ProbePod(user.namespace(), "llm");
    user.applies(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: llm-service}
        stringData: {url: "http://%s:8089", key: a-key}
        """
            .formatted(pod.address()));
    return pod;
  }

  private static String read(String file) throws IOException {
    return Files.readString(EXAMPLE.resolve(file));
  }
}
