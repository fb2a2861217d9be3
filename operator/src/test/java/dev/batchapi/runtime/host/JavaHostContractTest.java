package dev.batchapi.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.pod.Given;
import dev.batchapi.operator.pod.WorkerJobs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator writes for the Java host, read by its own parser. */
class JavaHostContractTest {
  @TempDir private Path folder;

  @Test
  void theJavaHostReadsItsArguments() {
    var command = command();
    assertThat(command).startsWith("/bin/sh", "/opt/batchapi/java-host.sh");
    var arguments = command.subList(2, command.size()).toArray(String[]::new);
    assertThat(arguments[3]).isEqualTo("/batchapi/code");
    arguments[3] = folder.toString();

    var read = HostArguments.parse(arguments);

    assertThat(read.socket()).isEqualTo(Path.of("/batchapi/socket/host.sock"));
    assertThat(read.code()).isEqualTo(folder.toAbsolutePath().normalize());
    assertThat(read.patience()).isGreaterThan(Duration.ofMinutes(15));
  }

  private static List<String> command() {
    var job =
        Given.job(
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchAPI
            metadata: {name: tagger, namespace: vision}
            spec: {handler: {java: {classpath: [/app.jar]}}}
            """,
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchJob
            metadata: {name: monday, namespace: vision, uid: 0b5a7c2e-1111}
            spec: {apiName: tagger, input: {count: 10}}
            """,
            Map.of());
    return WorkerJobs.of(job, 0, 0, 0, 0).getSpec().getTemplate().getSpec().getContainers().stream()
        .filter(container -> container.getName().equals("handler"))
        .findFirst()
        .orElseThrow()
        .getCommand();
  }
}
