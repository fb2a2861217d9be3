package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.batchapi.crds.BatchJobStatus.Failure;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong in handlers, in pods: each ends as promised and says why in the status. */
@ExtendWith(Cluster.class)
final class CarelessUserIT {
  private static final String GOOD =
      "class Handler:\n    def handle_batch(self, payload):\n        return payload\n";

  private static Team user;

  @BeforeAll
  static void begin() {
    user = new Team("careless");
  }

  @AfterAll
  static void end() {
    user.close();
  }

  private static void runs(String name, String apiSpec, String handler) {
    user.applies(Team.python(name, "input: {count: 3}", apiSpec, handler));
  }

  private static String message(String job) {
    return user.condition(job, "Finished").orElseThrow().message();
  }

  private static void isInvalid(String job, String... words) {
    assertThat(user.reasonOfTheEndOf(job)).isEqualTo("HandlerInvalid");
    assertThat(message(job)).contains(words);
    assertThat(user.job(job).getStatus().failedAttempts()).isZero();
  }

  @Test
  void aSyntaxErrorIsFoundBeforeAnyBatch() {
    runs("syntax", "batchSize: 1", "class Handler\n    pass\n");
    isInvalid("syntax", "handler.py", "line 1");
  }

  @Test
  void aClassOfAnotherNameIsNamed() {
    runs("classname", "batchSize: 1", GOOD.replace("Handler", "Handle"));
    isInvalid("classname", "handler.py", "Handler");
  }

  @Test
  void anUnknownConstructorArgumentIsNamed() {
    runs(
        "argument",
        "batchSize: 1",
        "class Handler:\n    def __init__(self, model):\n        pass\n    def handle_batch(self, payload):\n        pass\n");
    isInvalid("argument", "model");
  }

  @Test
  void aMissingMethodIsNamed() {
    runs("method", "batchSize: 1", "class Handler:\n    pass\n");
    isInvalid("method", "handle_batch");
  }

  @Test
  void aMissingImportIsNamed() {
    runs("import", "batchSize: 1", "import pandas\n" + GOOD);
    isInvalid("import", "pandas");
  }

  @Test
  void aConstructorThatAlwaysThrowsFailsTheJobInItsWords() {
    runs(
        "construct",
        "batchSize: 1",
        "class Handler:\n    def __init__(self):\n        raise FileNotFoundError('no model.bin')\n    def handle_batch(self, payload):\n        pass\n");

    assertThat(user.reasonOfTheEndOf("construct")).isEqualTo("WorkersFailed");
    assertThat(message("construct")).contains("no model.bin");
  }

  @Test
  void aBatchThatAlwaysFailsIsReportedWithItsAttempts() {
    runs(
        "one-in-three",
        "retry: {maxAttempts: 2, initialBackoffSeconds: 0}",
        "class Handler:\n    def handle_batch(self, payload):\n        if payload[0] == 1:\n            raise KeyError('label of item 1')\n        return payload\n");

    assertThat(user.reasonOfTheEndOf("one-in-three")).isEqualTo("BatchesFailed");
    var status = user.job("one-in-three").getStatus();
    assertThat(user.batches("one-in-three").succeeded()).isEqualTo(2);
    assertThat(user.batches("one-in-three").failed()).isEqualTo(1);
    assertThat(status.failedAttempts()).isEqualTo(2);
    assertThat(user.failures("one-in-three"))
        .extracting(Failure::index, Failure::attempts, Failure::reason, Failure::message)
        .containsExactly(tuple(1, 2, "HandlerFailed", "KeyError: 'label of item 1'"));
    assertThat(user.failures("one-in-three").getFirst().seconds()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"os._exit(7)", "sys.exit(7)", "ctypes.string_at(0)"})
  void aProcessThatEndsCostsItsBatchAnAttempt(String end) {
    var name = "dies-" + Integer.toHexString(end.hashCode());
    runs(
        name,
        "retry: {maxAttempts: 2, initialBackoffSeconds: 0}",
        "import ctypes, os, sys\nclass Handler:\n    def handle_batch(self, payload):\n        if payload[0] == 1:\n            %s\n        return payload\n"
            .formatted(end));

    assertThat(user.reasonOfTheEndOf(name)).isEqualTo("BatchesFailed");
    assertThat(user.batches(name).succeeded()).isEqualTo(2);
    assertThat(user.failures(name)).hasSize(1);
    assertThat(user.failures(name).getFirst().index()).isEqualTo(1);
    assertThat(user.failures(name).getFirst().attempts()).isEqualTo(2);
  }

  @Test
  void aHandlerThatNeverReturnsIsEndedByTheBatchTimeout() {
    runs(
        "hangs",
        "retry: {maxAttempts: 1}\ntimeouts: {batchSeconds: 1}",
        "import time\nclass Handler:\n    def handle_batch(self, payload):\n        while payload[0] == 1:\n            try:\n                time.sleep(60)\n            except BaseException:\n                pass\n        return payload\n");

    assertThat(user.reasonOfTheEndOf("hangs")).isEqualTo("BatchesFailed");
    assertThat(user.failures("hangs").getFirst().reason()).isEqualTo("BatchTimedOut");
  }

  @Test
  void aHandlerThatTakesTooMuchMemoryIsNamedForIt() {
    runs(
        "greedy",
        "resources: {limits: {memory: 64Mi}}\nretry: {maxAttempts: 2, initialBackoffSeconds: 0}",
        "class Handler:\n    def handle_batch(self, payload):\n        if payload[0] == 1:\n            return len(bytearray(512 * 1024 * 1024))\n        return payload\n");

    assertThat(user.reasonOfTheEndOf("greedy")).isEqualTo("BatchesFailed");
    assertThat(user.failures("greedy").getFirst().reason()).isEqualTo("HandlerDied");
    assertThat(user.failures("greedy").getFirst().message()).contains("OOMKilled");
  }

  @Test
  void resultsThatCannotBeWrittenFailAtOnceWithTheirType() {
    runs(
        "results",
        "batchSize: 1",
        "class Handler:\n    def handle_batch(self, payload):\n        return open('/etc/hostname') if payload[0] == 1 else ('x' * 10_000_000 if payload[0] == 2 else payload)\n");

    assertThat(user.reasonOfTheEndOf("results")).isEqualTo("BatchesFailed");
    assertThat(user.failures("results")).extracting(Failure::reason).containsOnly("ResultInvalid");
    assertThat(user.failures("results")).extracting(Failure::attempts).containsOnly(1);
    assertThat(user.failures("results").getFirst().message()).contains("TextIOWrapper");
  }

  @Test
  void aHundredMegabytesOfOutputHurtNobody() {
    runs(
        "loud",
        "batchSize: 1",
        "import sys\nclass Handler:\n    def handle_batch(self, payload):\n        if payload[0] == 1:\n            for _ in range(100):\n                sys.stdout.buffer.write(b'\\xff' * 1_000_000)\n        return payload\n");

    assertThat(user.reasonOfTheEndOf("loud")).isEqualTo("Complete");
  }

  @Test
  void onJobCompleteThatThrowsIsTheReason() {
    runs(
        "complete",
        "retry: {maxAttempts: 1}",
        GOOD
            + "    def on_job_complete(self, summary):\n        raise RuntimeError(f\"no place for {summary['succeeded']} results\")\n");

    assertThat(user.reasonOfTheEndOf("complete")).isEqualTo("OnJobCompleteFailed");
  }

  @Test
  void aBrokenLineOfTheInputIsNamed() {
    user.applies(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: lines, labels: {batchapi.dev/input: "true"}}
        data: {items: "{\\"a\\": 1}\\n{\\"a\\": \\n"}
        """);
    user.applies(
        Team.python(
            "lines", "input: {configMap: {name: lines, key: items}}", "batchSize: 1", GOOD));

    assertThat(user.reasonOfTheEndOf("lines")).isEqualTo("InputInvalid");
    assertThat(message("lines")).contains("line 2", "ConfigMap \"lines\"");
  }

  @Test
  void aConfigMapThatComesLaterIsWaitedFor() {
    user.applies(
        Team.python(
            "later", "input: {configMap: {name: later, key: items}}", "batchSize: 1", GOOD));
    user.awaits(
        "a reason",
        () ->
            user.condition("later", "Accepted")
                .filter(c -> c.reason().equals("ConfigMapNotFound"))
                .filter(c -> c.message().contains("ConfigMap \"later\""))
                .isPresent());

    user.applies(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: later, labels: {batchapi.dev/input: "true"}}
        data: {items: "1\\n2\\n"}
        """);

    assertThat(user.reasonOfTheEndOf("later")).isEqualTo("Complete");
  }

  @Test
  void theSameFileTwiceIsOneJob() {
    var file = Team.python("twice", "input: {count: 3}", "batchSize: 1", GOOD);
    user.applies(file);
    user.awaitsTheEndOf("twice");
    var before = user.job("twice");

    user.applies(file);

    var after = user.job("twice");
    assertThat(after.getMetadata().getUid()).isEqualTo(before.getMetadata().getUid());
    assertThat(after.getStatus()).isEqualTo(before.getStatus());
  }

  @Test
  void javaFailuresAreReportedTheSame() {
    user.applies(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: java}
        spec:
          retry: {maxAttempts: 2, initialBackoffSeconds: 0}
          handler:
            java:
              inline: |
                import dev.batchapi.handler.*;
                import java.util.List;

                public final class Handler implements BatchHandler<Integer, Integer> {
                  @Override
                  public Integer handleBatch(List<Integer> payload, BatchContext batch) {
                    switch (payload.getFirst()) {
                      case 1 -> throw new IllegalStateException("one is none");
                      case 2 -> throw new FatalBatchException("two is too many");
                      case 3 -> System.exit(1);
                      case 4 -> Runtime.getRuntime().halt(1);
                      default -> {}
                    }
                    return payload.getFirst();
                  }
                }
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: java}
        spec: {apiName: java, input: {count: 5}}
        """);

    assertThat(user.reasonOfTheEndOf("java")).isEqualTo("BatchesFailed");
    assertThat(user.failures("java"))
        .extracting(Failure::index, Failure::attempts, Failure::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1, 2, "HandlerFailed"),
            org.assertj.core.groups.Tuple.tuple(2, 1, "FatalError"),
            org.assertj.core.groups.Tuple.tuple(3, 2, "HandlerDied"),
            org.assertj.core.groups.Tuple.tuple(4, 2, "HandlerDied"));
  }

  @Test
  void javaThatDoesNotCompileIsNamedByLine() {
    user.applies(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: nocompile}
        spec:
          handler:
            java:
              inline: |
                public final class Handler {
                  int x = "no number";
                }
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: nocompile}
        spec: {apiName: nocompile, input: {count: 5}}
        """);

    isInvalid("nocompile", "Handler.java", "2");
  }
}
