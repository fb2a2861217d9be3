package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a person reads of a job that has ended, with plain kubectl. */
@ExtendWith(Cluster.class)
final class ResultsIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Team user;

  @TempDir private Path folder;

  @BeforeAll
  static void begin() {
    user = new Team("results");
  }

  @AfterAll
  static void end() {
    user.close();
  }

  private static String read(String job, String file) {
    var result = tries(job, file);
    assertThat(result.code()).as(result.out()).isZero();
    return result.out();
  }

  private static Cluster.Result tries(String job, String file) {
    var path = "jsonpath={.data.%s}".formatted(file.replace(".", "\\."));
    return user.kubectl("get", "configmap", job + "-results", "-o", path);
  }

  private static Optional<String> configMap(String job) {
    return Optional.ofNullable(user.job(job).getStatus().output()).map(o -> o.configMap());
  }

  private static String messageOfTheEndOf(String job) {
    return user.condition(job, "Finished").orElseThrow().message();
  }

  private static List<JsonNode> withoutPlaces(String lines) {
    return lines
        .lines()
        .map(
            line -> {
              try {
                var tree = JSON.readTree(line);
                var error = (ObjectNode) tree.get("error");
                assertThat(error.remove("stack")).isNotNull();
                return tree;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .toList();
  }

  /** But the folders in a stack. */
  @Test
  void theyAreTheLaptopsByteForByte() throws Exception {
    var yaml =
        Team.python(
            "same",
            "input: {count: 47}\nworkers: 3",
            "batchSize: 2\nmaxFailedBatches: 100%\nretry: {maxAttempts: 1}",
            """
            class Handler:
                def handle_batch(self, payload):
                    if payload[0] % 10 == 4:
                        raise ValueError(f"no {payload} ä🙂")
                    if payload[0] == 6:
                        return None
                    return [{"n": n, "t": "é \\"\\n🙂", "f": n / 7, "none": None} for n in payload]
            """);
    user.applies(yaml);
    var file = Files.writeString(folder.resolve("same.yaml"), yaml);
    var results = folder.resolve("results.jsonl");
    var errors = folder.resolve("errors.jsonl");

    var laptop =
        new ProcessBuilder(
                ROOT.resolve("bin/batchapi").toString(),
                "run",
                file.toString(),
                "--results",
                results.toString(),
                "--errors",
                errors.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start()
            .waitFor();

    assertThat(laptop).as(Files.readString(folder.resolve("out"))).isEqualTo(2);
    assertThat(user.reasonOfTheEndOf("same")).isEqualTo("BatchesFailed");
    assertThat(read("same", "results.jsonl")).isEqualTo(Files.readString(results)).hasLineCount(35);
    assertThat(withoutPlaces(read("same", "errors.jsonl")))
        .hasSize(5)
        .isEqualTo(withoutPlaces(Files.readString(errors)));
    assertThat(configMap("same")).contains("same-results");
    user.awaits(
        "an Event",
        () ->
            user.kubectl("get", "events", "--field-selector=reason=ResultsWritten")
                .out()
                .contains("same-results"));
  }

  @Test
  void whatIsTooLargeStaysInTheQueueAndIsSaid() {
    user.applies(
        Team.python(
            "large",
            "input: {count: 60}\nworkers: 2",
            "batchSize: 1",
            """
            class Handler:
                def handle_batch(self, payload):
                    return ["x" * 20_000]
            """));

    user.completes("large", 60);

    assertThat(configMap("large")).isEmpty();
    assertThat(tries("large", "results.jsonl").code()).isNotZero();
    assertThat(messageOfTheEndOf("large"))
        .contains("All 60 batches succeeded.", "900 KiB", "KiB to the queue", "smaller results");
  }

  @Test
  void aNameThatIsTakenIsLeftAsItIs() {
    user.applies(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: taken-results}
        data: {results.jsonl: mine}
        """);

    user.applies(
        Team.python(
            "taken",
            "input: {count: 2}",
            "batchSize: 1",
            "class Handler:\n    def handle_batch(self, payload):\n        return payload\n"));

    user.completes("taken", 2);
    assertThat(configMap("taken")).isEmpty();
    assertThat(read("taken", "results.jsonl")).isEqualTo("mine");
    assertThat(messageOfTheEndOf("taken"))
        .contains("\"taken-results\", which does not belong to this BatchJob");
  }

  /** Whoever may write ConfigMaps may write owners, too. */
  @Test
  void onePlantedInItsPlaceIsNotBelieved() {
    user.applies(
        Team.python(
            "planted",
            "input: {count: 2}\nsuspend: true",
            "batchSize: 1",
            "class Handler:\n    def handle_batch(self, payload):\n        return payload\n"));
    user.awaits("its acceptance", () -> user.condition("planted", "Accepted").isPresent());
    user.applies(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: planted-results
          ownerReferences:
          - {apiVersion: batchapi.dev/v1alpha1, kind: BatchJob, name: planted, uid: %s, controller: true}
        data: {results.jsonl: forged, errors.jsonl: ""}
        """
            .formatted(user.job("planted").getMetadata().getUid()));

    user.kubectl(
        "patch", "batchjob", "planted", "--type=merge", "-p", "{\"spec\":{\"suspend\":false}}");

    user.completes("planted", 2);
    assertThat(configMap("planted")).isEmpty();
    assertThat(messageOfTheEndOf("planted")).contains("was there and holds something else");
  }

  @Test
  void aCancelledJobHasWhatIsDone() {
    user.applies(
        Team.python(
            "stop",
            "input: {count: 1000}\nworkers: 2",
            "batchSize: 1",
            """
            import time

            class Handler:
                def handle_batch(self, payload):
                    time.sleep(0.2)
                    return payload
            """));
    user.awaits("some batches", () -> user.succeeded("stop") >= 3);

    user.kubectl("patch", "batchjob", "stop", "--type=merge", "-p", "{\"spec\":{\"cancel\":true}}");

    assertThat(user.reasonOfTheEndOf("stop")).isEqualTo("Cancelled");
    var done = user.batches("stop").succeeded();
    assertThat(done).isBetween(3, 999);
    assertThat(read("stop", "results.jsonl")).hasLineCount(done);
    assertThat(read("stop", "errors.jsonl")).isEmpty();
  }

  /** Garbage collection needs its time for what an earlier one of the name has left. */
  @Test
  void aJobThatIsReplacedHasItsOwn() {
    for (var word : List.of("first", "second", "third")) {
      user.kubectl("delete", "batchjob", "again", "--ignore-not-found");
      user.applies(
          Team.python(
              "again",
              "input: {count: 3}",
              "batchSize: 1",
              "class Handler:\n    def handle_batch(self, payload):\n        return ['%s']\n"
                  .formatted(word)));

      user.completes("again", 3);

      assertThat(configMap("again")).as(messageOfTheEndOf("again")).contains("again-results");
      assertThat(read("again", "results.jsonl"))
          .isEqualTo(
              String.join(
                  "",
                  IntStream.range(0, 3)
                      .mapToObj(
                          i ->
                              "{\"job\":\"again\",\"item\":%d,\"batch\":%d,\"result\":\"%s\"}\n"
                                  .formatted(i, i, word))
                      .toList()));
    }
  }

  @Test
  void theyGoWithTheirJob() {
    user.applies(
        Team.python(
            "gone",
            "input: {count: 1}",
            "batchSize: 1",
            "class Handler:\n    def handle_batch(self, payload):\n        return payload\n"));
    user.completes("gone", 1);
    assertThat(read("gone", "results.jsonl")).hasLineCount(1);

    user.kubectl("delete", "batchjob", "gone");

    user.awaits("no results", () -> tries("gone", "results.jsonl").code() != 0);
  }
}
