package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.crds.BatchJobStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs whose results go to a folder of an object store. */
@ExtendWith(Cluster.class)
final class OutputIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STORAGE =
      "retry: {maxAttempts: 1}\nstorage: {secret: {name: store}, paths: [\"s3://photos/\"]}";
  private static final String ECHO =
      "class Handler:\n    def handle_batch(self, payload):\n        return payload\n";
  private static final String FOURS_FAIL =
      """
      class Handler:
          def handle_batch(self, payload):
              if any(item["n"] % 10 == 4 for item in payload):
                  raise ValueError("no fours é🙂")
              return [item["n"] / 7 for item in payload]
      """;

  @TempDir static Path folder;

  private static Team user;
  private static S3Server s3;

  @BeforeAll
  static void begin() {
    user = new Team("output");
    s3 = new S3Server(user);
  }

  @AfterAll
  static void end() {
    s3.close();
    user.close();
  }

  private static String lines(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj("{\"n\": %d}\n"::formatted)
        .collect(Collectors.joining());
  }

  private static String output(String path) {
    return "\noutput: {path: \"s3://photos/%s\"}".formatted(path);
  }

  private static JsonNode manifest(String path) throws IOException {
    return JSON.readTree(s3.get(path + "manifest.json"));
  }

  private static String messageOfTheEndOf(String job) {
    return user.condition(job, "Finished").orElseThrow().message();
  }

  private static BatchJobStatus.Output output(BatchJobStatus status) {
    return Objects.requireNonNull(status.output());
  }

  private static void patch(String job, String spec) {
    var result =
        user.kubectl("patch", "batchjob", job, "--type=merge", "-p", "{\"spec\":" + spec + "}");
    assertThat(result.code()).as(result.out()).isZero();
  }

  private static Path laptop(String name, String input) throws Exception {
    var yaml =
        Team.python(name, "input: {count: 1}", "batchSize: 5\nretry: {maxAttempts: 1}", FOURS_FAIL);
    var file = Files.writeString(folder.resolve(name + ".yaml"), yaml);
    var data = Files.createDirectories(folder.resolve("in"));
    Files.writeString(data.resolve("a.jsonl"), lines(0, 25));
    Files.writeString(data.resolve("b.jsonl"), lines(25, 47));
    var results = folder.resolve("results");
    var code =
        new ProcessBuilder(
                ROOT.resolve("bin/batchapi").toString(),
                "run",
                file.toString(),
                "--input",
                data + input,
                "--results",
                results + "/")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start()
            .waitFor();
    assertThat(code).as(Files.readString(folder.resolve("out"))).isEqualTo(2); // batches failed
    return results;
  }

  /**
   * Where a line's item stood is a path here and a URL there, and of a stack the folders differ.
   */
  @Test
  void theResultsOfFilesAreTheLaptopsByteForByte() throws Exception {
    s3.put("in/a.jsonl", lines(0, 25));
    s3.put("in/b.jsonl", lines(25, 47));
    user.applies(
        Team.python(
            "same",
            "workers: 3\ninput: {files: {paths: [\"s3://photos/in/*.jsonl\"]}}"
                + output("out/$(namespace)/$(job_name)/"),
            "batchSize: 5\n" + STORAGE,
            FOURS_FAIL));
    var results = laptop("same", "/*.jsonl");

    assertThat(user.reasonOfTheEndOf("same")).isEqualTo("BatchesFailed");

    var path = "out/" + user.namespace() + "/same/";
    var status = user.job("same").getStatus();
    assertThat(output(status).path()).isEqualTo("s3://photos/" + path);
    assertThat(s3.get(path + "results-00000.jsonl"))
        .isEqualTo(
            Files.readString(results.resolve("results-00000.jsonl"))
                .replace(folder.resolve("in") + "/", "s3://photos/in/"));
    var errors = s3.get(path + "errors.jsonl");
    assertThat(errors.lines().count())
        .isEqualTo(Files.readAllLines(results.resolve("errors.jsonl")).size());
    assertThat(errors).contains("no fours é🙂");
    var manifest = manifest(path);
    assertThat(manifest.at("/verdict").asText()).isEqualTo("BatchesFailed");
    assertThat(manifest.at("/job/name").asText()).isEqualTo("same");
    assertThat(manifest.at("/items/total").asInt()).isEqualTo(47);
    assertThat(manifest.at("/batches/failed").asInt())
        .isEqualTo(Objects.requireNonNull(status.batches()).failed());
    assertThat(output(status).files()).isEqualTo(manifest.at("/files").size());
    assertThat(user.kubectl("get", "configmap", "same-results").code()).isNotZero();
    assertThat(user.kubectl("get", "events").out()).contains("ResultsWritten", path);
  }

  @Test
  void aJobWithoutFilesHasAnOutputTooAndItsErrorsHaveItsItems() throws Exception {
    user.applies(
        Team.python(
            "inline",
            "input: {items: [{\"n\": 1}, {\"n\": 4, \"t\": \"é\"}, {\"n\": 5}]}",
            STORAGE + "\noutput: {path: \"s3://photos/out/$(job_name)/\"}",
            FOURS_FAIL
                + "    def on_job_complete(self, summary):\n"
                + "        print('its place is', summary['output'])\n"));

    assertThat(user.reasonOfTheEndOf("inline")).isEqualTo("BatchesFailed");

    assertThat(s3.get("out/inline/results-00000.jsonl").lines()).hasSize(2);
    var error = JSON.readTree(s3.get("out/inline/errors.jsonl"));
    assertThat(error.toString()).contains("\"n\":4", "\"t\":\"é\"", "no fours");
    assertThat(manifest("out/inline/").at("/items/total").asInt()).isEqualTo(3);
    assertThat(
            user.kubectl(
                    "logs", "-l", "batchapi.dev/job=inline,batchapi.dev/worker", "-c", "handler")
                .out())
        .contains("its place is s3://photos/out/inline/");
  }

  @Test
  void aFolderThatHasResultsIsAnotherJobsBeforeAnythingRuns() {
    user.applies(Team.python("first", "input: {count: 2}" + output("out/taken/"), STORAGE, ECHO));
    user.completes("first", 2);
    var manifest = s3.get("out/taken/manifest.json");

    user.applies(Team.python("second", "input: {count: 3}" + output("out/taken/"), STORAGE, ECHO));

    assertThat(user.reasonOfTheEndOf("second")).isEqualTo("OutputExists");
    assertThat(messageOfTheEndOf("second")).contains("s3://photos/out/taken/");
    assertThat(user.pods("second"))
        .allMatch(pod -> pod.getMetadata().getName().contains("-split-"));
    assertThat(s3.get("out/taken/manifest.json")).isEqualTo(manifest);
  }

  @Test
  void ofTwoJobsWithOneFolderOneRuns() {
    for (var job : List.of("twin-a", "twin-b")) {
      user.applies(Team.python(job, "input: {count: 2}" + output("out/twins/"), STORAGE, ECHO));
    }

    var ends = List.of(user.reasonOfTheEndOf("twin-a"), user.reasonOfTheEndOf("twin-b"));

    assertThat(ends).containsExactlyInAnyOrder("Complete", "OutputExists");
  }

  /** With files, so that it is deleted while they are split; or without, while it works. */
  @ParameterizedTest
  @ValueSource(
      strings = {"input: {files: {paths: [\"s3://photos/many/*\"]}}", "input: {count: 90}"})
  void aJobThatIsDeletedLeavesItsFolderToTheNextOne(String input) {
    s3.put("many/a.jsonl", lines(0, 1_000_000));
    var name = "deleted-" + input.length();
    var folder = "out/" + name + "/";
    var handler =
        "import time\nclass Handler:\n    def handle_batch(self, payload):\n        time.sleep(1)\n        return payload\n";
    user.applies(Team.python(name, input + output(folder), STORAGE, handler));
    user.awaits(
        "its folder",
        () ->
            s3.keys(folder).contains(folder + ".batches/owner.json")
                && (input.contains("files") || user.succeeded(name) > 2));
    assertThat(user.kubectl("delete", "batchjob", name).code()).isZero();

    user.applies(Team.python(name, "input: {count: 3}" + output(folder), STORAGE, ECHO));

    user.completes(name, 3);
    assertThat(s3.keys(folder)).noneMatch(key -> key.contains(".batches"));
    assertThat(s3.get(folder + "results-00000.jsonl").lines()).hasSize(3);
  }

  @Test
  void whoMayNotWriteIsToldBeforeAnythingRuns() {
    user.applies(
        Team.python(
            "readonly",
            "input: {count: 2}" + output("out/readonly/"),
            "storage: {secret: {name: readonly}}",
            ECHO));
    user.applies(
        Team.python(
            "elsewhere",
            "input: {count: 2}" + output("out/elsewhere/"),
            "storage: {secret: {name: store}, paths: [\"s3://photos/other/\"]}",
            ECHO));
    user.applies(Team.python("nostorage", "input: {count: 2}" + output("o/"), "", ECHO));

    assertThat(user.reasonOfTheEndOf("readonly")).isEqualTo("OutputInvalid");
    assertThat(messageOfTheEndOf("readonly")).contains("photos").doesNotContain("hush-hush-hush");
    assertThat(user.reasonOfTheEndOf("elsewhere")).isEqualTo("OutputInvalid");
    assertThat(messageOfTheEndOf("elsewhere")).contains("spec.storage.paths");
    assertThat(user.pods("elsewhere")).isEmpty();
    assertThat(user.reasonOfTheEndOf("nostorage")).isEqualTo("OutputInvalid");
    assertThat(messageOfTheEndOf("nostorage")).contains("spec.storage");
  }

  @Test
  void aJobThatIsCancelledInTheMiddleWritesWhatItHas() throws Exception {
    user.applies(
        Team.python(
            "stopped",
            "input: {count: 50}" + output("out/stopped/"),
            STORAGE,
            """
            import time
            class Handler:
                def handle_batch(self, payload):
                    if payload[0] > 4:
                        time.sleep(1)
                    return payload
            """));
    user.awaits("some results", () -> user.succeeded("stopped") > 4);

    patch("stopped", "{\"cancel\":true}");

    assertThat(user.reasonOfTheEndOf("stopped")).isEqualTo("Cancelled");
    var batches = user.batches("stopped");
    var manifest = manifest("out/stopped/");
    assertThat(manifest.at("/verdict").asText()).isEqualTo("Cancelled");
    assertThat(manifest.at("/batches/succeeded").asInt()).isEqualTo(batches.succeeded());
    assertThat(manifest.at("/batches/notDone").asInt()).isEqualTo(batches.remaining()).isPositive();
    assertThat(s3.get("out/stopped/results-00000.jsonl").lines()).hasSize(batches.succeeded());
  }

  @Test
  void aCollectorThatIsKilledIsMadeAgainAndSuspendHoldsIt() throws Exception {
    user.applies(
        Team.python(
            "killed", "workers: 2\ninput: {count: 3000}" + output("out/killed/"), STORAGE, ECHO));
    user.awaits(
        "a collector",
        () ->
            user.pods("killed").stream()
                .anyMatch(pod -> pod.getMetadata().getName().startsWith("killed-collect-0-")));
    user.kubectl(
        "delete",
        "pod",
        "-l",
        "app.kubernetes.io/component=collector,batchapi.dev/job=killed",
        "--grace-period=0",
        "--force");

    user.completes("killed", 3000);

    var manifest = manifest("out/killed/");
    assertThat(manifest.at("/batches/succeeded").asInt()).isEqualTo(3000);
    assertThat(s3.get("out/killed/results-00000.jsonl").lines()).hasSize(3000);
    assertThat(s3.keys("out/killed/"))
        .noneMatch(key -> key.contains(".batches"))
        .contains("out/killed/manifest.json");
  }
}
