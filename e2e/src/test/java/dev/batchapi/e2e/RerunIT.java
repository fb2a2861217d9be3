package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs that run items of earlier ones again. */
@ExtendWith(Cluster.class)
final class RerunIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Multiples of five fail alone, and a batch with 7 as a whole, unless config mends it. */
  private static final String FIVES_AND_SEVEN_FAIL =
      """
      class Handler:
          def __init__(self, config):
              self.mended = config.get("mended", False)
          def handle_batch(self, payload, batch):
              numbers = [x["n"] if isinstance(x, dict) else x for x in payload]
              if 7 in numbers and not self.mended:
                  raise ValueError("a seven")
              return [
                  ValueError(f"five {n}") if n % 5 == 0 and not self.mended else [n, item]
                  for n, item in zip(numbers, batch.items)
              ]
      """;

  private static final String STORAGE =
      "storage: {secret: {name: store}, paths: [\"s3://photos/\"]}\n";
  private static final String API = "batchSize: 4\nretry: {maxAttempts: 1}\n";

  /** Of the numbers 0 to 19 in batches of four: 0, 5, 10 and 15, and 4 to 7. */
  private static final List<Integer> FAILED = List.of(0, 4, 5, 6, 7, 10, 15);

  private static Team user;
  private static S3Server s3;

  @BeforeAll
  static void begin() {
    user = new Team("rerun");
    s3 = new S3Server(user);
  }

  @AfterAll
  static void end() {
    s3.close();
    user.close();
  }

  private static String rerun(String name, String api, String input, String more) {
    return """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: %s}
        spec:
          apiName: %s
          input: {rerun: %s}
          overrides: {config: {mended: true}%s}
        """
        .formatted(name, api, input, more);
  }

  private static List<JsonNode> lines(String text) throws Exception {
    return JSON.readerFor(JsonNode.class).<JsonNode>readValues(text).readAll();
  }

  private static List<JsonNode> results(String job) throws Exception {
    var map = user.kubectl("get", "configmap", job + "-results", "-o", "json").out();
    return lines(JSON.readTree(map).at("/data/results.jsonl").asText());
  }

  private static List<Integer> items(List<JsonNode> lines) {
    return lines.stream().map(line -> line.get("item").asInt()).toList();
  }

  private static String messageOfTheEndOf(String job) {
    return user.condition(job, "Finished").orElseThrow().message();
  }

  @Test
  void whatFailedIsRunAgainUnderItsNumbersAndARerunOfItToo() throws Exception {
    user.applies(Team.python("count", "workers: 2\ninput: {count: 20}", API, FIVES_AND_SEVEN_FAIL));
    assertThat(user.reasonOfTheEndOf("count")).isEqualTo("BatchesFailed");

    user.applies(rerun("count-again", "count", "{job: count}", ", batchSize: 3"));

    user.completes("count-again", 3);
    var status = user.job("count-again").getStatus();
    assertThat(Objects.requireNonNull(status.items()).total()).isEqualTo(FAILED.size());
    assertThat(items(results("count-again"))).isEqualTo(FAILED);
    for (var line : results("count-again")) {
      var item = line.get("item").asInt();
      assertThat(line.get("result").toString()).isEqualTo("[%d,%d]".formatted(item, item));
    }
    user.applies(rerun("count-none", "count", "{job: count-again}", ""));
    assertThat(user.reasonOfTheEndOf("count-none")).isEqualTo("NothingToRerun");
  }

  @Test
  void itemsAndAConfigMapAreThoseOfTheEarlierJob() throws Exception {
    var map =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: numbers, labels: {batchapi.dev/input: "true"}}
        data:
          n.jsonl: "%s"
        """;
    user.applies(
        map.formatted(
            IntStream.range(0, 20).mapToObj(Integer::toString).collect(Collectors.joining("\\n"))));
    user.applies(
        Team.python(
            "mapped",
            "input: {configMap: {name: numbers, key: n.jsonl}}",
            API,
            FIVES_AND_SEVEN_FAIL));
    assertThat(user.reasonOfTheEndOf("mapped")).isEqualTo("BatchesFailed");
    user.applies(map.formatted("99"));

    user.applies(rerun("mapped-again", "mapped", "{job: mapped}", ""));

    user.completes("mapped-again", 2);
    assertThat(items(results("mapped-again"))).isEqualTo(FAILED);
  }

  @Test
  void filesAreReadAgainAndTheResultsGoToAnOutputOfTheirOwn() throws Exception {
    s3.put(
        "again/a.jsonl",
        IntStream.range(0, 20).mapToObj("{\"n\": %d}\n"::formatted).collect(Collectors.joining()));
    user.applies(
        Team.python(
            "files",
            "input: {files: {paths: [\"s3://photos/again/*.jsonl\"]}}",
            API + STORAGE + "output: {path: \"s3://photos/out/$(job_name)/\"}",
            FIVES_AND_SEVEN_FAIL));
    assertThat(user.reasonOfTheEndOf("files")).isEqualTo("BatchesFailed");

    user.applies(rerun("files-again", "files", "{job: files, of: Both}", ""));

    user.completes("files-again", 2);
    var results = lines(s3.get("out/files-again/results-00000.jsonl"));
    assertThat(items(results)).isEqualTo(FAILED);
    assertThat(results.get(1).get("source").asText()).isEqualTo("s3://photos/again/a.jsonl:5");
    assertThat(JSON.readTree(s3.get("out/files-again/manifest.json")).at("/items/total").asInt())
        .isEqualTo(FAILED.size());
  }

  @Test
  void aJobThatRunsIsWaitedForAndWhatItDidNotFinishIsRun() throws Exception {
    user.applies(
        Team.python(
            "slow",
            "input: {count: 20}",
            API,
            """
            import time
            class Handler:
                def __init__(self, config):
                    self.mended = config.get("mended", False)
                def handle_batch(self, payload):
                    if payload[0] > 7 and not self.mended:
                        time.sleep(600)
                    return payload
            """));
    user.awaits("two batches", () -> user.succeeded("slow") == 2);
    user.applies(rerun("slow-again", "slow", "{job: slow, of: Unfinished}", ""));
    user.awaits(
        "the reason to wait",
        () ->
            user.condition("slow-again", "Accepted")
                .filter(c -> c.reason().equals("EarlierJobUnfinished"))
                .filter(c -> c.message().contains("\"slow\" has not finished"))
                .isPresent());

    user.kubectl("patch", "batchjob", "slow", "--type=merge", "-p", "{\"spec\":{\"cancel\":true}}");

    user.completes("slow-again", 3);
    assertThat(items(results("slow-again"))).isEqualTo(IntStream.range(8, 20).boxed().toList());
  }

  @Test
  void aJobThatIsGoneOrAnothersCanNotBeRunAgain() {
    user.applies(Team.python("other", "input: {count: 1}", API, FIVES_AND_SEVEN_FAIL));
    user.applies(rerun("of-nobody", "other", "{job: nobody}", ""));
    user.applies(Team.python("owner", "input: {count: 1}", API, FIVES_AND_SEVEN_FAIL));
    user.applies(rerun("of-other", "other", "{job: owner}", ""));

    assertThat(user.reasonOfTheEndOf("of-nobody")).isEqualTo("RerunImpossible");
    assertThat(messageOfTheEndOf("of-nobody")).contains("nobody", "errors.jsonl", "--retry-failed");
    assertThat(user.reasonOfTheEndOf("of-other")).isEqualTo("RerunImpossible");
    assertThat(messageOfTheEndOf("of-other")).contains("only jobs of the same BatchAPI");
  }
}
